import { Later, Never } from '@k8or/outcome'
import { createLogger } from './logger'
import { NestLogger } from './nest-logger'

describe('libs/telemetry/src/nest-logger', () => {
  const written: string[] = []
  const destination = { write: (line: string) => void written.push(line) }
  const nest = new NestLogger(createLogger('nest', { level: 'info', destination }))
  const lines = () => written.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>)

  it('keeps Nest’s account of its modules to itself', () => {
    nest.log('AppModule dependencies initialized', 'InstanceLoader')
    expect(lines()).toEqual([])
  })

  it('tells of errors with their stack and where Nest met them', () => {
    nest.error(new Error('a bug'), 'ExceptionsHandler')
    nest.error('it broke', 'Error: it broke\n    at x', 'RpcExceptionsHandler')
    expect(lines()).toMatchObject([
      { level: 'error', from: 'ExceptionsHandler', msg: 'a bug', err: { stack: expect.stringContaining('at ') } },
      { level: 'error', from: 'RpcExceptionsHandler', msg: 'it broke', stack: 'Error: it broke\n    at x' },
    ])
  })

  it('leaves outcomes to who handles them', () => {
    nest.error(new Later('not yet'), 'ExceptionsHandler')
    nest.error(new Never('no'), 'ExceptionsHandler')
    expect(lines()).toEqual([])
  })
})
