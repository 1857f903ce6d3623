import { stopKey, type StopRecord } from '@k8or/contracts'
import type { Bus, Row } from '@k8or/jetstream'
import { eventually } from '@k8or/rig'
import { Stops } from '../../domain/stop/stops'
import { RecordedStops, type KeptStops } from './recorded-stops'

const stopOf = (cluster: string): StopRecord => ({
  ...{ cluster, since: '2026-01-01T00:00:00.000Z', actor: 'user:admin', reason: 'it burns' },
})

/** The record, the stream of facts and the hub, in memory; copies of one cluster can not be written. */
class World implements KeptStops {
  readonly rows = new Map<string, Row<StopRecord>>()
  readonly copies = new Map<string, StopRecord>()
  readonly facts: string[] = []

  constructor(private readonly broken: string) {}

  record(stop: StopRecord): void {
    const key = stopKey(stop.cluster)
    this.rows.set(key, { key, value: stop, revision: 1 })
  }

  get bus(): Bus {
    const put = (key: string, value: StopRecord): Promise<number> => {
      this.rows.set(key, { key, value, revision: 2 })
      return Promise.resolve(2)
    }
    const records = {
      ...{ create: put, update: put, list: () => Promise.resolve([...this.rows.values()]) },
      watch: (onChange: (row: Row<StopRecord>) => void) => {
        for (const row of this.rows.values()) onChange(row)
        return Promise.resolve()
      },
    }
    const publish = (_: unknown, { data }: { data: { cluster: string } }) =>
      Promise.resolve(this.facts.push(data.cluster))
    return { records: () => records, publisher: { publish } } as unknown as Bus
  }

  untilRead(): Promise<void> {
    return Promise.resolve()
  }

  read(): Promise<ReadonlyMap<string, StopRecord>> {
    return Promise.resolve(this.copies)
  }

  async write(stop: StopRecord): Promise<void> {
    if (stop.cluster === this.broken) throw new Error(`no room for ${stop.cluster}`)
    this.copies.set(stopKey(stop.cluster), stop)
  }

  async remove(cluster: string): Promise<void> {
    this.copies.delete(stopKey(cluster))
  }
}

describe('services/accesspoint/src/adapters/jetstream/recorded-stops', () => {
  it('copies, announces and restores the others where one can not be copied, and says so once', async () => {
    const world = new World('east')
    for (const cluster of ['east', 'west']) world.record({ ...stopOf(cluster), announced: false })
    world.copies.set(stopKey('north'), stopOf('north'))
    const troubles: unknown[] = []
    const restored: string[] = []
    const ending = new AbortController()
    const signals = {
      trouble: (_: string, error: unknown) => void troubles.push(error),
      stopRestored: ({ cluster }: StopRecord) => void restored.push(cluster),
    }
    const stops = new Stops(() => world.copies)
    await new RecordedStops({ bus: world.bus, stops, kept: world, signals }).watch(ending.signal)
    await eventually(() => troubles.length > 0)
    ending.abort()
    expect(world.facts).toEqual(['east', 'west'])
    expect([...world.copies.values()].map(({ cluster }) => cluster).toSorted()).toEqual(['north', 'west'])
    expect(restored).toEqual(['north'])
    expect(troubles).toMatchObject([{ errors: [{ message: 'no room for east' }] }])
  })
})
