import type { Fact } from '@k8or/contracts'
import { z } from 'zod'

/** A fact with everything that it is looked up by. */
export interface IndexedFact {
  readonly stream: 'FACTS' | 'ACCESS'
  readonly sequence: number
  readonly id: string
  /** Noun and past participle: `release.rendered`. */
  readonly fact: string
  readonly owner: string
  readonly token: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly correlationId: string
  readonly causes: readonly string[]
  readonly actor: string
  readonly traceparent: string
  /** Uid and name of the application that it is about, if any. */
  readonly application: string
  readonly applicationName: string
  readonly cluster: string
  /** 0 where there is none. */
  readonly release: number
  readonly sync: string
  readonly repository: string
  readonly commits: readonly string[]
  /** `name:tag`, the name written out; empty where the fact is about no image. */
  readonly image: string
  /** How it went, in one word: the phase of a sync or a call, the health of an application. */
  readonly outcome: string
  readonly data: unknown
}

const Text = z.string().catch('')

const nobody = { uid: '', namespace: '', name: '' }
const Application = z.union([
  z.object({ uid: z.string(), namespace: z.string(), name: z.string() }),
  z.string().transform((uid) => ({ ...nobody, uid })),
])

/** What facts are looked up by, wherever they carry it. Facts of the future may carry something else: that is fine. */
const Keys = z.looseObject({
  application: Application.catch(nobody),
  cluster: Text,
  release: z.number().catch(0),
  sync: Text,
  at: Text,
  repository: z.object({ token: Text }).catch({ token: '' }),
  commit: Text,
  after: Text,
  revisions: z.array(z.string()).catch([]),
  sources: z.array(z.object({ revision: Text })).catch([]),
  /** Of an image: the commit that it was built from. */
  source: z.object({ commit: Text }).catch({ commit: '' }),
  image: z.object({ name: Text }).catch({ name: '' }),
  tag: Text,
  phase: Text,
  health: z.object({ status: Text }).catch({ status: '' }),
})

/** Finds in a fact what it is looked up by. */
export function indexFact(
  fact: Fact<unknown>,
  stored: { stream: 'FACTS' | 'ACCESS'; sequence: number; subject: string },
): IndexedFact {
  const keys = Keys.parse(typeof fact.data === 'object' && fact.data !== null ? fact.data : {})
  const [, owner = '', noun = '', participle = ''] = stored.subject.split('.')
  const { application } = keys
  return {
    stream: stored.stream,
    sequence: stored.sequence,
    id: fact.id,
    fact: `${noun}.${participle}`,
    owner,
    token: fact.token,
    // A record of a call is shipped later than the call was made.
    time: Date.parse(keys.at || fact.time),
    correlationId: fact.correlationId,
    causes: fact.causes,
    actor: fact.actor,
    traceparent: fact.traceparent ?? '',
    application: application.uid,
    applicationName: application.name === '' ? '' : `${application.namespace}/${application.name}`,
    cluster: keys.cluster,
    release: keys.release,
    sync: keys.sync,
    repository: keys.repository.token === '' && fact.token.startsWith('r-') ? fact.token : keys.repository.token,
    commits: [
      ...new Set([
        keys.commit,
        keys.after,
        keys.source.commit,
        ...keys.revisions,
        ...keys.sources.map(({ revision }) => revision),
      ]),
    ].filter(Boolean),
    image: keys.image.name === '' ? '' : `${keys.image.name}:${keys.tag}`,
    outcome: keys.phase || keys.health.status,
    data: fact.data,
  }
}

/** Whether an access record is kept: every change and every refusal is, the reads of watches and plans are not. */
export function isWorthKeeping({ stream, data }: IndexedFact): boolean {
  if (stream === 'FACTS') return true
  const { verb, outcome } = AccessKeys.parse(data)
  return outcome !== 'allowed' || !reads.has(verb)
}

const AccessKeys = z.looseObject({ verb: Text, outcome: Text }).catch({ verb: '', outcome: '' })
const reads = new Set(['get', 'list', 'watch'])
