import {
  repositoryToken,
  type ApplicationDeclared,
  type ApplicationRecord,
  type DeliveryReceived,
  type Fact,
  type RevisionRecord,
} from '@k8or/contracts'
import { Followed } from '../repository/followed'
import { Hints } from '../revision/hints'
import { Agenda, unfollowed } from './agenda'

const url = 'https://git.example/team/app.git'
const token = repositoryToken(url)

const application = (uid: string, refresh = ''): ApplicationRecord => ({
  ref: { uid, namespace: 'argocd', name: uid, project: 'default' },
  ...{ token: uid, bucket: 0, destination: { server: '', name: '', namespace: '' }, specDigest: '', refresh },
  sources: [{ repoURL: url, path: '', targetRevision: 'main' }],
})
const row = (uid: string, refresh = '', revision = 1) => ({ key: uid, value: application(uid, refresh), revision })
const declaredFact = { id: 'declared', correlationId: 'declared' } as Fact<ApplicationDeclared>

describe('services/codesource/src/domain/agenda/agenda', () => {
  let marked: string[]
  let waits: [string, number][]
  let hints: Hints
  let problem: RevisionRecord['problem']
  let agenda: Agenda

  beforeEach(() => {
    marked = []
    waits = []
    hints = new Hints()
    problem = null
    agenda = new Agenda({
      ...{ followed: new Followed(), hints, traceparent: () => '00-trace', random: () => 0.5, pollIntervalMs: 120_000 },
      revisions: { get: async () => ({ value: { problem } as RevisionRecord, number: 1 }) },
      marks: {
        mark: (key) => void marked.push(key),
        later: async (key, delayMs) => void waits.push([key, delayMs]),
      },
    })
    agenda.known(row('one', 'old wish'))
    marked = []
  })

  it('looks at everything that is followed when it begins, and at what no longer is', () => {
    agenda.begin()
    expect(marked).toEqual([token, unfollowed])
  })

  it('takes a declaration for a wish to look again where it says so, once', () => {
    agenda.begin()
    const kinds = (refresh: string, revision: number) => {
      agenda.declared(row('one', refresh, revision), declaredFact)
      return hints.take(token).map(({ kind, targets, traceparent }) => [kind, targets, traceparent])
    }
    expect(kinds('old wish', 2)).toEqual([['declared', ['main'], '00-trace']])
    expect(kinds('new wish', 3)).toEqual([['refresh', ['main'], '00-trace']])
    expect(kinds('new wish', 4)).toEqual([['declared', ['main'], '00-trace']])
  })

  it('looks at the repositories that a delivery is about, anew where it was sent again', () => {
    const data = { event: 'push', repositories: [url], ref: 'refs/heads/main', after: 'a', redelivery: true }
    agenda.delivered({ id: 'd', correlationId: 'd', data } as unknown as Fact<DeliveryReceived>)
    expect(hints.take(token).map(({ kind, ref }) => [kind, ref])).toEqual([
      ['refresh', undefined],
      ['webhook', 'refs/heads/main'],
    ])
    expect(new Set(marked)).toEqual(new Set([token]))
  })

  it('grants a wish for what is followed only', () => {
    expect([agenda.refresh(url), agenda.refresh('https://git.example/other.git')]).toEqual([true, false])
    agenda.removed('one')
    expect(agenda.refresh(url)).toBe(false)
    expect(marked).toEqual([token, unfollowed])
  })

  it('looks again after the poll interval, and sooner where something is wrong that somebody may mend', async () => {
    await agenda.looked(token)
    problem = { reason: 'RepositoryNotFound', message: 'not found' }
    await agenda.looked(token)
    expect(waits).toEqual([
      [token, 150_000],
      [token, 25_000],
    ])
  })
})
