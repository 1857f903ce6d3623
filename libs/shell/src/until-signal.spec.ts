import { createLogger, type Logger } from '@k8or/telemetry'
import { tryUntilDone } from './try-until-done'
import { untilSignal, type Opening } from './until-signal'

describe('libs/shell/src/until-signal', () => {
  const lines: string[] = []
  const log: Logger = createLogger('test', { level: 'info', destination: { write: (line) => void lines.push(line) } })
  const closed: string[] = []

  const opens =
    (...names: string[]) =>
    async ({ closing }: Opening): Promise<void> => {
      for (const name of names) closing.push(async () => void closed.push(name))
    }

  beforeEach(() => {
    closed.length = 0
    lines.length = 0
  })

  afterEach(() => {
    process.exitCode = undefined
  })

  it('closes what was opened in reverse order when the process is to stop', async () => {
    const running = untilSignal(log, opens('tracing', 'probes', 'links', 'app'))
    await new Promise(setImmediate)
    expect(closed).toEqual([])
    process.emit('SIGTERM', 'SIGTERM')
    await running
    expect(closed).toEqual(['app', 'links', 'probes', 'tracing'])
    expect(process.exitCode).toBeUndefined()
  })

  it('closes the rest when one thing can not be closed', async () => {
    const running = untilSignal(log, async (opening) => {
      await opens('tracing')(opening)
      opening.closing.push(() => Promise.reject(new Error('it hangs')))
    })
    await new Promise(setImmediate)
    process.emit('SIGINT', 'SIGINT')
    await running
    expect(closed).toEqual(['tracing'])
    expect(lines.join()).toContain('it hangs')
  })

  it('says why it can not start, closes what was opened, and fails', async () => {
    await untilSignal(log, async (opening) => {
      await opens('tracing')(opening)
      throw new Error('the port is taken', { cause: new Error('EADDRINUSE') })
    })
    expect(closed).toEqual(['tracing'])
    expect(process.exitCode).toBe(1)
    expect(lines.join()).toContain('can not start: the port is taken: EADDRINUSE')
  })

  it('stops while it still waits for another part of the mesh', async () => {
    const running = untilSignal(log, async (opening) => {
      await opens('probes')(opening)
      const attempt = () => Promise.reject(new Error('ECONNREFUSED'))
      await tryUntilDone('connect to the bus', attempt, { log, signal: opening.signal })
    })
    while (lines.length === 0) await new Promise(setImmediate)
    expect(lines[0]).toMatch(/"reason":"ECONNREFUSED".*"can not connect to the bus yet"/)
    process.emit('SIGTERM', 'SIGTERM')
    await running
    expect(closed).toEqual(['probes'])
    expect(process.exitCode).toBeUndefined()
  })
})
