import { stopKey, type StopRecord } from '@k8or/contracts'
import { repairsOf, type StopRow } from './repairs'

const key = stopKey('east')
const stop: StopRecord = { cluster: 'east', since: '2026-01-01T00:00:00.000Z', actor: 'user:ann', reason: 'flood' }
const former: StopRecord = { ...stop, since: '2025-01-01T00:00:00.000Z' }
const unsaid: StopRecord = { ...stop, announced: false }
const lifted: StopRecord = { ...unsaid, lifted: { actor: 'user:ann', reason: 'dry', at: '2026-01-01T01:00:00.000Z' } }

const rowOf = (value: StopRecord): StopRow => ({ key: stopKey(value.cluster), value, revision: 3 })
const repairs = (row: StopRecord | undefined, copy: StopRecord | undefined, stands = true) => [
  ...repairsOf(row ? [rowOf(row)] : [], new Map(copy ? [[key, copy]] : []), () => stands),
]

describe('services/accesspoint/src/domain/stop/repairs', () => {
  it.each([
    { given: 'record and copy agree', row: stop, copy: stop, expected: [] },
    { given: 'there is no copy', row: stop, copy: undefined, expected: [{ kind: 'copy', stop }] },
    { given: 'the copy is of a former stop', row: stop, copy: former, expected: [{ kind: 'copy', stop }] },
    { given: 'the record lost it', row: undefined, copy: stop, expected: [{ kind: 'restore', key, stop }] },
    { given: 'it was not announced', row: unsaid, copy: stop, expected: [{ kind: 'settle', row: rowOf(unsaid) }] },
    {
      given: 'it was neither copied nor announced',
      ...{ row: unsaid, copy: undefined },
      expected: [
        { kind: 'copy', stop: unsaid },
        { kind: 'settle', row: rowOf(unsaid) },
      ],
    },
  ])('of one that stands: $given', ({ row, copy, expected }) => {
    expect(repairs(row, copy)).toEqual(expected)
  })

  it.each([
    { given: 'its row says so, the copy is there', row: lifted, copy: stop },
    { given: 'its row says so, the copy is gone', row: lifted, copy: undefined },
  ])('of one that was lifted: $given', ({ row, copy }) => {
    expect(repairs(row, copy, false)).toEqual([{ kind: 'settle', row: rowOf(lifted) }])
  })

  it('neither copies nor restores what was lifted since it was read', () => {
    expect(repairs(stop, undefined, false)).toEqual([])
    expect(repairs(undefined, stop, false)).toEqual([{ kind: 'removeCopy', cluster: 'east' }])
  })

  it('takes no copy that lies under the key of another stop', () => {
    expect([...repairsOf([], new Map([['mesh', stop]]), () => true)]).toEqual([])
  })

  it('notices that a stop is lifted while the repair before is made', () => {
    const west = { ...stop, cluster: 'west' }
    const standing = new Set(['east', 'west'])
    const made = []
    for (const repair of repairsOf([rowOf(stop), rowOf(west)], new Map(), ({ cluster }) => standing.has(cluster))) {
      made.push(repair)
      standing.delete('west')
    }
    expect(made).toEqual([{ kind: 'copy', stop }])
  })
})
