import * as fc from 'fast-check'
import { RowView } from './row-view'
import type { StoredRow } from './stored-row'

const row = (key: string, revision: number, deleted = false): StoredRow => ({
  key,
  revision,
  deleted,
  data: new Uint8Array(),
})

describe('libs/jetstream/src/records/row-view', () => {
  let told: string[]
  let view: RowView

  beforeEach(() => {
    told = []
    view = new RowView(({ key, revision, deleted }) => told.push(`${key}${revision}${deleted ? '-' : ''}`))
  })

  it('passes each revision once, however it came, and never an older one', () => {
    for (const each of [row('a', 1), row('a', 1), row('a', 3), row('a', 2), row('b', 4)]) view.take(each)
    expect(told).toEqual(['a1', 'a3', 'b4'])
  })

  it('passes deletions of what was there, and of nothing else', () => {
    view.take(row('a', 1))
    view.take(row('a', 2, true))
    view.take(row('a', 3, true))
    view.take(row('never', 4, true))
    view.take(row('a', 5))
    expect(told).toEqual(['a1', 'a2-', 'a5'])
  })

  it('finds out by a complete reading what was deleted unseen', () => {
    view.take(row('gone', 1))
    view.take(row('stays', 2))
    const reading = view.beginReading()
    view.take(row('stays', 2))
    view.take(row('new', 5))
    view.endReading(reading)
    expect(told).toEqual(['gone1', 'stays2', 'new5', 'gone1-'])
  })

  it('does not take for deleted what was told during the reading, nor anything after a failed one', () => {
    view.take(row('a', 1))
    const failed = view.beginReading()
    view.dropReading(failed)
    const reading = view.beginReading()
    view.take(row('told', 9))
    view.take(row('a', 1))
    view.endReading(reading)
    expect(told).toEqual(['a1', 'told9'])
  })

  it('ends as the rows are, whatever is told twice, late or not at all before the last reading', () => {
    const history = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), deleted: fc.boolean() }), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(history, fc.array(fc.nat(), { maxLength: 60 }), (changes, deliveries) => {
        const seen = new Map<string, number | undefined>()
        const watcher = new RowView(({ key, revision, deleted }) => seen.set(key, deleted ? undefined : revision))
        const rows = changes.map(({ key, deleted }, index) => row(key, index + 1, deleted))
        for (const index of deliveries) if (rows.length > 0) watcher.take(rows[index % rows.length]!)
        const last = new Map(rows.map((each) => [each.key, each]))
        const reading = watcher.beginReading()
        for (const each of last.values()) watcher.take(each)
        watcher.endReading(reading)
        for (const { key, revision, deleted } of last.values()) {
          expect(seen.get(key)).toBe(deleted ? undefined : revision)
        }
      }),
    )
  })
})
