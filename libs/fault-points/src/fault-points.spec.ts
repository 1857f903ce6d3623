import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faultPointFiles, passPoint } from './fault-points'

const program = `
  const { armFaultPoints, passPoint } = await import(process.argv[1])
  armFaultPoints(process.argv[2])
  for (const what of ['one', 'two', 'two', 'three']) {
    passPoint('service', 'effect', what)
    console.log(what)
  }
`

describe('libs/fault-points/src/fault-points', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fault-points-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  const run = () => {
    const args = ['--input-type=module', '-e', program, join(__dirname, 'fault-points.ts'), dir]
    const { signal, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    return { signal, lines: stdout.split('\n').filter(Boolean) }
  }
  const passed = () => readFileSync(join(dir, 'passed'), 'utf8').split('\n').filter(Boolean)

  it('notes each point once and goes on where none is armed', () => {
    expect(run()).toEqual({ signal: null, lines: ['one', 'two', 'two', 'three'] })
    expect(passed()).toEqual(['one', 'two', 'three'].map((what) => `service/effect/${what}/after`))
  })

  it('kills the process at the point that is armed, once', () => {
    const { armed, hit } = faultPointFiles(dir, 'service/effect/two/after')
    writeFileSync(armed, '')
    expect(run()).toEqual({ signal: 'SIGKILL', lines: ['one'] })
    expect([existsSync(armed), existsSync(hit)]).toEqual([false, true])
    expect(run()).toEqual({ signal: null, lines: ['one', 'two', 'two', 'three'] })
  })

  it('kills the processes that are named in its place, and goes on', async () => {
    const other = spawn('sleep', ['60'])
    const ended = once(other, 'exit')
    const { armed, hit } = faultPointFiles(dir, 'service/effect/three/after')
    writeFileSync(armed, `${String(other.pid)}\n`)
    expect(run()).toEqual({ signal: null, lines: ['one', 'two', 'two', 'three'] })
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect(existsSync(hit)).toBe(true)
  })

  it('does nothing in a process that was not told to', () => {
    expect(() => passPoint('service', 'effect', 'two')).not.toThrow()
  })
})
