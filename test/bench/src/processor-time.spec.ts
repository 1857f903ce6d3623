import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { processorSeconds, residentMebibytes, withDescendants } from './processor-time'

const busy = 'while (process.cpuUsage().user < 300_000); console.log("done")'

describe('test/bench/src/processor-time', () => {
  it('counts what a process has started, while it lives and when it has ended', async () => {
    const script = `const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(busy + '; setInterval(() => 0, 1000)')}], { stdio: ['ignore', 'inherit', 'ignore'] })
      child.on('exit', () => console.log('reaped'))
      process.stdin.once('data', () => child.kill())`
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'ignore'] })
    const pids = [parent.pid ?? 0]
    await once(parent.stdout, 'data')
    const whileAlive = processorSeconds(pids)
    expect(withDescendants(pids)).toHaveLength(2)
    expect(whileAlive).toBeGreaterThan(0.2)
    expect(residentMebibytes(pids)).toBeGreaterThan(50)
    parent.stdin.write('end')
    await once(parent.stdout, 'data')
    expect(withDescendants(pids)).toEqual(pids)
    expect(processorSeconds(pids)).toBeGreaterThanOrEqual(whileAlive)
    parent.kill()
    await once(parent, 'exit')
  }, 60_000)

  it('counts a process that is gone as nothing', () => {
    expect(processorSeconds([2 ** 22 + 1])).toBe(0)
  })
})
