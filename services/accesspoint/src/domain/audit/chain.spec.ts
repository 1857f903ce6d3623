import { AccessRecorded } from '@k8or/contracts'
import { chainStart, findBreak, link, type UnchainedRecord } from './chain'
import { describeCall } from './describe-call'
import { parseRequest } from '../request/parse-request'

const record: UnchainedRecord = {
  ...{
    at: '2026-01-01T00:00:00.000Z',
    caller: 'user:admin',
    cluster: 'far',
    verb: 'get',
    method: 'GET',
    path: '/version',
  },
  ...{ phase: 'outcome', outcome: 'allowed', rule: 'people:admin', reason: '', status: 200 },
}

function chain(length: number): AccessRecorded[] {
  const records: AccessRecorded[] = []
  for (let i = 0; i < length; i++) records.push(link({ ...record, path: `/${i}` }, 'r1', records.at(-1) ?? chainStart))
  return records
}

describe('services/accesspoint/src/domain/audit/chain', () => {
  it('is whole as it was made, also after a reader has put its fields in another order', () => {
    const records = chain(5)
    expect(findBreak(records, chainStart)).toBeUndefined()
    const reordered = records.map((one) =>
      AccessRecorded.parse(JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(one).toReversed())))),
    )
    expect(findBreak(reordered, chainStart)).toBeUndefined()
    expect(findBreak(records.slice(2))).toBeUndefined()
  })

  it('shows where a record was changed, removed, moved or replaced', () => {
    const records = chain(5)
    const [one, two, three, four, five] = records as [
      AccessRecorded,
      AccessRecorded,
      AccessRecorded,
      AccessRecorded,
      AccessRecorded,
    ]
    expect(findBreak([one, { ...two, outcome: 'denied' }, three])).toBe('record 2 of r1 was changed')
    expect(findBreak([one, three])).toBe('record 3 of r1 does not follow record 1')
    expect(findBreak([one, three, two, four])).toBe('record 3 of r1 does not follow record 1')
    const forged = link({ ...record, path: '/forged' }, 'r1', two)
    expect(findBreak([one, two, forged, four, five])).toBe('record 4 of r1 does not follow what is before it')
    expect(findBreak(records.slice(1), chainStart)).toBe('record 2 of r1 does not follow record 0')
  })

  it('describes a call without its query, its headers or its body', () => {
    const target = '/api/v1/namespaces/shop/configmaps/a?fieldManager=secret'
    const call = {
      ...{ caller: 'user:admin', cluster: 'far', method: 'PATCH', target, request: parseRequest('PATCH', target) },
      ...{
        kind: 'ConfigMap',
        claim: { application: 'u', release: 3, setbacks: 0, lease: 4 },
        traceparent: '00-abc-def-01',
      },
    }
    const described = describeCall(call, { phase: 'intent', outcome: 'allowed', rule: 'r' }, 0)
    expect(described).toMatchObject({
      ...{ path: '/api/v1/namespaces/shop/configmaps/a', verb: 'patch', release: 3, lease: 4, trace: 'abc' },
      object: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' },
    })
    expect(JSON.stringify(described)).not.toContain('secret')
    expect(AccessRecorded.safeParse(link(described, 'r', chainStart)).success).toBe(true)
  })
})
