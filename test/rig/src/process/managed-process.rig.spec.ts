import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../eventually'
import { repositoryRoot } from '../paths'
import { removeDir, tempDir } from '../temp-dir'
import { ManagedProcess, startProcess } from './managed-process'

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('test/rig/src/process/managed-process', () => {
  const dir = tempDir('process')
  const logFile = join(dir, 'log')
  const sleeper = { name: 'sleeper', command: 'sleep', args: ['100'], logFile }
  afterAll(() => removeDir(dir))

  it('brings a process back when it was killed, and tells its end and its new id', async () => {
    const [pids, ends]: [number[], unknown[]] = [[], []]
    const told = { onPid: (pid: number) => pids.push(pid), onEnd: (exit: unknown) => ends.push(exit) }
    const process = await startProcess({ ...sleeper, ...told, restart: true })
    process.kill('SIGKILL')
    await eventually(() => pids.length === 2 && process.isRunning)
    expect(process.pid).toBe(pids[1])
    expect(process.restarts).toBe(1)
    expect(ends).toEqual([{ code: null, signal: 'SIGKILL' }])
    await process.stop()
    expect(isAlive(process.pid)).toBe(false)
  })

  it('kills what does not stop in time', async () => {
    const stubborn = await startProcess({
      ...sleeper,
      command: 'sh',
      args: ['-c', 'trap "" TERM; while :; do sleep 0.1; done'],
      stopTimeoutMs: 200,
    })
    await stubborn.stop()
    expect(stubborn.isRunning).toBe(false)
  })

  it('fails with the end of the log when a process ends before it is ready', async () => {
    const failing = { ...sleeper, command: 'sh', args: ['-c', 'echo no such port; exit 3'], ready: async () => false }
    await expect(startProcess(failing)).rejects.toThrow(/sleeper ended before it was ready[^]*no such port/)
  })

  it('takes its children along when it is killed itself', async () => {
    const script = `const { ManagedProcess } = require('./test/rig/src/process/managed-process.ts')
      new ManagedProcess({ name: 'c', command: 'sleep', args: ['100'], logFile: '${logFile}' }).start().then((p) => console.log(p.pid))`
    const parent = spawn(process.execPath, ['-r', './tools/swc-ext.cjs', '-e', script], { cwd: repositoryRoot })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const child = Number(line.toString())
    expect(isAlive(child)).toBe(true)
    parent.kill('SIGKILL')
    await eventually(() => !isAlive(child))
  })

  it('stops a process that was never started without complaint', async () => {
    await new ManagedProcess(sleeper).stop()
  })
})
