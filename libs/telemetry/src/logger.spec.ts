import { Later } from '@k8or/outcome'
import { createLogger } from './logger'
import { withSpan } from './spans'
import { currentTraceparent, withTraceparent } from './traceparent'
import { startTracing, type Tracing } from './tracing'

function recorded(): { lines: () => Record<string, unknown>[]; logger: ReturnType<typeof createLogger> } {
  const written: string[] = []
  const logger = createLogger('test', { level: 'debug', destination: { write: (line) => void written.push(line) } })
  return { logger, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('libs/telemetry/src/logger', () => {
  let tracing: Tracing
  beforeAll(async () => {
    tracing = await startTracing('test', { logLevel: 'info' })
  })
  afterAll(() => tracing.stop())

  it('writes one JSON line per message, with name, level and time', () => {
    const { logger, lines } = recorded()
    logger.info({ application: 'a' }, 'rendered')
    expect(lines()).toMatchObject([{ name: 'test', level: 'info', application: 'a', msg: 'rendered' }])
    expect(Date.parse(String(lines()[0]!.time))).toBeGreaterThan(0)
  })

  it('masks secrets wherever they are in the fields', () => {
    const { logger, lines } = recorded()
    const secret = { kind: 'Secret', metadata: { name: 's' }, data: { user: 'YQ==' }, stringData: { pass: 'x' } }
    const pem = '-----BEGIN EC PRIVATE KEY-----\nabc'
    logger.info(
      { headers: { Authorization: 'Bearer x' }, password: 'p', tls: { key: pem }, key: 'row.1', object: secret },
      'm',
    )
    expect(lines()).toMatchObject([
      { headers: { Authorization: '[redacted]' }, password: '[redacted]', tls: { key: '[redacted]' }, key: 'row.1' },
    ])
    expect(lines()[0]!.object).toMatchObject({ kind: 'Secret' })
    expect(JSON.stringify(lines())).not.toMatch(/YQ==|"x"/)
  })

  it('masks passwords in URLs, also inside of texts', () => {
    const { logger, lines } = recorded()
    logger.info({ err: new Error('fetch https://me:hunter2@git.example/x.git: refused') }, 'git https://me:hunter2@h/x')
    expect(JSON.stringify(lines())).not.toContain('hunter2')
    expect(lines()[0]!.msg).toBe('git https://***@h/x')
  })

  it('tells an expected error in one line and an unexpected one with its stack', () => {
    const { logger, lines } = recorded()
    const cause = new Error('connection refused')
    logger.warn({ err: new Later('ask codesource', undefined, { cause }) }, 'waits')
    logger.error({ err: cause }, 'failed')
    expect(lines()[0]!.err).toBe('ask codesource: connection refused')
    expect(lines()[1]!.err).toMatchObject({ message: 'connection refused', stack: expect.stringContaining('at ') })
  })

  it('names the trace and the span that a message belongs to', async () => {
    const { logger, lines } = recorded()
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await withTraceparent(parent, () => withSpan('step', {}, async () => logger.info('inside')))
    expect(lines()[0]).toMatchObject({ trace: '0af7651916cd43dd8448eb211c80319c' })
    expect(lines()[0]!.span).not.toBe('b7ad6b7169203331')
  })

  it('makes a trace where there is none, so that its context can flow on', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => withSpan('root', {}, async () => currentTraceparent())))
    expect(first).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
    expect(first).not.toBe(second)
    expect(currentTraceparent()).toBeUndefined()
  })

  it('keeps the trace context across waits', async () => {
    await withSpan('root', {}, async () => {
      const before = currentTraceparent()
      await new Promise((resolve) => setTimeout(resolve, 1))
      expect(currentTraceparent()).toBe(before)
    })
  })

  it('ignores a malformed trace context', () => {
    expect(withTraceparent('00-zz-1-1', currentTraceparent)).toBeUndefined()
  })
})
