import { accessRecorded, events, type EventDefinition, type ObjectRef } from '@k8or/contracts'
import {
  clusterReachable,
  clusterUnreachable,
  commitPushed,
  deliveryReceived,
  driftDetected,
  driftRepaired,
  healthChanged,
  imageBuilt,
  imageConsidered,
  releaseFailed,
  releaseRendered,
  revisionObserved,
  revisionUnresolved,
  rollbackFinished,
  rollbackStarted,
  syncFinished,
  syncPlanned,
  syncStarted,
  tagMoved,
} from '@k8or/contracts'
import { describeObject } from '../verdict/judge-application'
import type { IndexedFact } from './indexed-fact'

const short = (commit: string) => commit.slice(0, 10)
const shortDigest = (digest: string) => digest.slice(0, 'sha256:'.length + 12)
const few = 3
const fewOf = (words: readonly string[]) =>
  `${words.slice(0, few).join(', ')}${words.length > few ? ` and ${words.length - few} more` : ''}`
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

const summaries = new Map<string, (data: unknown) => string>([
  says(deliveryReceived, ({ provider, event, ref, after, images = [] }) =>
    [provider, event, ref, after && short(after), ...images.map(({ name, tag }) => `${name}:${tag}`)]
      .filter(Boolean)
      .join(' '),
  ),
  says(imageBuilt, ({ image, tag, digest, via, source }) => {
    const from = source === null ? '' : `, from ${short(source.commit)}`
    return `${image.name}:${tag} is ${shortDigest(digest)}, told by ${via}${from}`
  }),
  says(
    tagMoved,
    ({ image, tag, digest, pushed }) =>
      `${image.name}:${tag} was ${shortDigest(digest)}, ${shortDigest(pushed)} was pushed over it`,
  ),
  says(commitPushed, ({ branch, commit, subject, files, lostRaces }) => {
    const races = lostRaces > 0 ? `, after ${counted(lostRaces, 'lost race')}` : ''
    return `${branch} is ${short(commit)}: ${subject} (${fewOf(files)})${races}`
  }),
  says(revisionObserved, ({ targetRevision, commit, subject }) => `${targetRevision} is ${short(commit)}: ${subject}`),
  says(revisionUnresolved, ({ targetRevision, problem }) => `${targetRevision}: ${problem.message}`),
  says(imageConsidered, ({ image, tag, outcome, reason }) => `${image.name}:${tag} ${outcome}: ${reason}`),
  says(releaseRendered, ({ release, objects }) => `release ${release}, ${counted(objects, 'object')}`),
  says(releaseFailed, ({ problems }) => problems[0]?.message ?? ''),
  says(
    syncPlanned,
    (plan) => `create ${plan.create}, configure ${plan.configure}, delete ${plan.delete}, unchanged ${plan.unchanged}`,
  ),
  says(syncStarted, ({ release, cluster, trigger }) => `release ${release} to ${cluster}, by ${trigger}`),
  says(accessRecorded, (call) => describeCall(call)),
  says(syncFinished, ({ phase, message, total }) => `${phase}: ${message === '' ? counted(total, 'object') : message}`),
  says(rollbackStarted, ({ from, release, cluster, reason }) => {
    const left = from === 0 ? '' : `from release ${from} `
    return `${left}to release ${release} on ${cluster}${reason === '' ? '' : `: ${reason}`}`
  }),
  says(rollbackFinished, ({ phase, release, message }) =>
    [`${phase}: release ${release} is held`, message].filter(Boolean).join(', '),
  ),
  says(driftDetected, ({ object, kind, fields, manager }) => {
    const which = fields.length > 0 ? `: ${fewOf(fields)}` : ''
    return `${describeObject(object)} ${kind}${manager === '' ? '' : ` by ${manager}`}${which}`
  }),
  says(driftRepaired, ({ object }) => describeObject(object)),
  says(clusterReachable, ({ cluster, version }) => `${cluster} answers, ${version}`),
  says(clusterUnreachable, ({ cluster, reason }) => `${cluster}: ${reason}`),
  says(healthChanged, ({ health }) => [health.status, health.message].filter(Boolean).join(': ')),
])

const descriptions = new Map(events.map((event) => [event.fact, event.description]))

/** What a fact says, in one line. */
export function summarize({ fact, data }: Pick<IndexedFact, 'fact' | 'data'>): string {
  return summaries.get(fact)?.(data) ?? descriptions.get(fact) ?? ''
}

function says<Data>(event: EventDefinition<Data>, say: (data: Data) => string): [string, (data: unknown) => string] {
  return [
    event.fact,
    (data) => {
      const parsed = event.schema.safeParse(data)
      return parsed.success ? say(parsed.data) : event.description
    },
  ]
}

function describeCall(call: {
  verb: string
  object?: ObjectRef | undefined
  path: string
  outcome: string
  status?: number | undefined
  latencyMs?: number | undefined
}): string {
  const target = call.object === undefined ? call.path : describeObject(call.object)
  const took = call.latencyMs === undefined ? '' : ` in ${Math.round(call.latencyMs)} ms`
  return `${call.verb} ${target}: ${call.outcome}${call.status === undefined ? '' : ` (${call.status})`}${took}`
}
