import type { Announcer, FactDraft } from '@k8or/contracts'
import { announceReachability, clusterKey, isSameRow, observedRow } from './reachability'

const east = {
  ...{ name: 'east', server: 'https://east:6443', labels: { zone: 'a' }, namespaces: [], clusterResources: true },
  ...{ project: '', isHub: false },
}
const up = { reachable: true, version: 'v1.35.0' } as const
const down = { reachable: false, reason: 'no route to host' } as const
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))

async function said(row: ReturnType<typeof observedRow>) {
  const drafts: { fact: string; draft: FactDraft<unknown> }[] = []
  const announcer: Announcer<'accesspoint'> = {
    publish({ fact }, draft) {
      drafts.push({ fact, draft })
      return Promise.resolve({ duplicate: false })
    },
  }
  await announceReachability(row, announcer)
  return drafts
}

describe('services/accesspoint/src/domain/routing/reachability', () => {
  it('has a change announced, and the same again not', () => {
    const first = observedRow(east, up, undefined, at(1))
    expect(first).toMatchObject({ reachable: true, version: 'v1.35.0', since: at(1).toISOString(), announced: false })
    const told = { ...first, announced: true }
    const again = observedRow(east, up, told, at(2))
    expect(again).toEqual(told)
    expect(isSameRow(again, told)).toBe(true)
    expect(observedRow(east, down, told, at(3))).toMatchObject({
      ...{ reachable: false, reason: 'no route to host', version: '' },
      ...{ since: at(3).toISOString(), announced: false },
    })
  })

  it('still announces what a crash kept from being announced, as the same fact', async () => {
    const before = observedRow(east, down, undefined, at(1))
    const after = observedRow(east, { ...down, reason: 'connection refused' }, before, at(9))
    expect(after.announced).toBe(false)
    const [one, other] = [await said(before), await said(after)]
    expect(one[0]?.fact).toBe('cluster.unreachable')
    expect(one[0]?.draft.id).toBe(`cluster.unreachable/${clusterKey('east')}/${at(1).getTime()}`)
    expect(other[0]?.draft.id).toBe(one[0]?.draft.id)
  })

  it('takes a row of an earlier version, which tells neither, as announced', () => {
    const { since: _, announced: __, ...old } = observedRow(east, up, undefined, at(1))
    expect(isSameRow(observedRow(east, up, old, at(2)), old)).toBe(true)
    expect(isSameRow(observedRow({ ...east, project: 'shop' }, up, old, at(2)), old)).toBe(false)
  })
})
