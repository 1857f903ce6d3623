import { z } from 'zod'
import { describeSettings, readTogether } from './settings'

const group = (name: string, environment: Record<string, string>) => () =>
  z.object({ [name]: z.string(), K8OR_STATE_DIR: z.string() }).parse(environment)

describe('libs/shell/src/settings', () => {
  it('reads every group', () => {
    const [first, second] = readTogether(group('A', { A: 'a', K8OR_STATE_DIR: 's' }), () => 2)
    expect([first, second]).toEqual([{ A: 'a', K8OR_STATE_DIR: 's' }, 2])
  })

  it('tells the problems of all groups together, each once', () => {
    const thrown = (): unknown => {
      try {
        return readTogether(group('A', {}), group('B', {}))
      } catch (caught) {
        return caught
      }
    }
    expect(thrown()).toBeInstanceOf(z.ZodError)
    const why = 'Invalid input: expected string, received undefined'
    expect(describeSettings(thrown() as z.ZodError)).toBe(`A: ${why}; K8OR_STATE_DIR: ${why}; B: ${why}`)
  })

  it('passes on what is no matter of settings', () => {
    const fail = () => {
      throw new Error('the file can not be read')
    }
    expect(() => readTogether(fail)).toThrow('the file can not be read')
  })
})
