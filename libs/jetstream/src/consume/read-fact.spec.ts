import { clusterReachable, deliveryReceived, subjectOf, writeFact } from '@k8or/contracts'
import { Never } from '@k8or/outcome'
import { mangled } from '@k8or/rig'
import fc from 'fast-check'
import { eventsByType, readFact } from './read-fact'

const envelope = writeFact(clusterReachable, {
  id: 'f1',
  token: 'east',
  time: new Date(0),
  data: { cluster: 'east', server: 's', version: '1' },
  causes: [],
  actor: 'service:accesspoint',
})
const subject = subjectOf(clusterReachable, 'east')
const events = eventsByType([clusterReachable])
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

describe('libs/jetstream/src/consume/read-fact', () => {
  it('reads a fact that is handled, and leaves others alone', () => {
    expect(readFact(bytes(envelope), subject, events)?.fact).toMatchObject({ id: 'f1', data: { cluster: 'east' } })
    expect(readFact(bytes(envelope), subject, eventsByType([deliveryReceived]))).toBeUndefined()
  })

  it.each([
    ['no JSON', new TextEncoder().encode('{'), subject],
    ['no envelope', bytes({ data: {} }), subject],
    ['no data', bytes({ ...envelope, data: {} }), subject],
    ['a version that is not known', bytes({ ...envelope, type: 'dev.k8or.cluster.reachable.v2' }), subject],
    ['the subject of another fact', bytes(envelope), 'k8or.codesource.delivery.received.east'],
    ['the subject of another token', bytes(envelope), subjectOf(clusterReachable, 'west')],
  ])('refuses what has %s', (_, data, on) => {
    expect(() => readFact(data, on, events)).toThrow(Never)
  })

  it('reads whatever comes, passes over it, or says that nobody ever can', () => {
    const anything = fc.oneof(
      mangled(envelope).map((value) => new TextEncoder().encode(JSON.stringify(value))),
      fc.uint8Array(),
    )
    fc.assert(
      fc.property(anything, (data) => {
        try {
          readFact(data, subject, events)
        } catch (error) {
          expect(error).toBeInstanceOf(Never)
        }
      }),
    )
  })
})
