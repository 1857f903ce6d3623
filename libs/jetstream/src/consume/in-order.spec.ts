import { InOrder } from './in-order'

describe('libs/jetstream/src/consume/in-order', () => {
  it('runs tasks of one key one after another, and those of others at once', async () => {
    const order = new InOrder()
    const log: string[] = []
    const gates = new Map<string, () => void>()
    const task = (name: string) => async () => {
      log.push(`+${name}`)
      await new Promise<void>((resolve) => gates.set(name, resolve))
      log.push(`-${name}`)
    }
    void order.run('a', task('a1'))
    void order.run('a', task('a2'))
    void order.run('b', task('b1'))
    expect(log).toEqual(['+a1', '+b1'])
    gates.get('a1')!()
    await new Promise(setImmediate)
    expect(log).toEqual(['+a1', '+b1', '-a1', '+a2'])
    gates.get('b1')!()
    gates.get('a2')!()
    await order.settle()
    expect(log).toHaveLength(6)
  })

  it('settles at once when there is nothing, and waits for what comes while it waits', async () => {
    const order = new InOrder()
    await order.settle()
    let done = false
    void order.run('a', async () => {
      void order.run('b', async () => {
        await new Promise(setImmediate)
        done = true
      })
    })
    await order.settle()
    expect(done).toBe(true)
  })
})
