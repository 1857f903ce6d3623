import {
  healthKey,
  sha256,
  type ApplicationRef,
  type FactDraft,
  type Health,
  type HealthChanged,
  type HealthRecord,
  type ObjectRef,
} from '@k8or/contracts'
import { judgeApplication } from '../verdict/judge-application'
import { health } from '../verdict/rule'
import { originOf, type Account, type Entry } from './account'

/** The rows of an application as they are stored, by key. */
export type StoredRows = ReadonlyMap<string, HealthRecord>

/** What has to be written about an application: rows first, then the fact that announces them. */
export interface VerdictDraft {
  readonly put: readonly { readonly key: string; readonly row: HealthRecord }[]
  readonly remove: readonly string[]
  /** Absent where only messages changed or objects left: their rows say enough. */
  readonly fact: FactDraft<HealthChanged> | undefined
}

/** Why an object can not be judged now: its cluster, or the watch of its kind, is silent. */
export type Silence = (ref: ObjectRef) => string | undefined

/** What an object that is not healthy owes that to, in the words of what it made. */
export type Trouble = (uid: string) => string | undefined

interface DraftOptions {
  readonly silence: Silence
  readonly trouble: Trouble
  readonly now: Date
  /** Whether a new message alone is worth a row. */
  readonly withMessages: boolean
}

/** Compares what is seen of an application with what is written of it; undefined when there is nothing to write. */
export function draftVerdict(account: Account, stored: StoredRows, options: DraftOptions): VerdictDraft | undefined {
  const { silence, trouble, now, withMessages } = options
  const entries = [...account.entries.values()].map((entry) => withSilence(blaming(entry, trouble), silence(entry.ref)))
  if (entries.length === 0 && stored.size === 0 && !account.owesVerdict) return undefined
  const objects = entries.map((entry) => rowOf(account, entry, entry.uid, entry.generation, entry.health))
  const whole = rowOf(account, { ref: null }, account.application.uid, 0, judgeWhole(entries))
  const keys = new Set([...objects, whole].map(({ key }) => key))
  const remove = [...stored.keys()].filter((key) => !keys.has(key))
  const changed = objects.filter(({ key, row }) => differs(row, stored.get(key)))
  const reworded = withMessages ? [...objects, whole].filter(({ key, row }) => isReworded(row, stored.get(key))) : []
  const announces = changed.length > 0 || account.owesVerdict || differs(whole.row, stored.get(whole.key))
  if (!announces && reworded.length === 0 && remove.length === 0) return undefined
  const fact = announces ? draftFact(account, changed, whole, stored.get(whole.key), now) : undefined
  const touched = announces ? [...changed, whole, ...reworded.filter(({ row }) => row.object !== null)] : reworded
  const put = touched.map(({ key, row }) => ({ key, row: dated(row, stored.get(key), now, fact?.id) }))
  return { put, remove, fact }
}

/** How often health facts were announced for an application, by the id of the last one. */
function ordinalOf(factId: string | undefined): number {
  const ordinal = Number(factId?.slice(factId.lastIndexOf('/') + 1))
  return Number.isSafeInteger(ordinal) ? ordinal : 0
}

type Row = { readonly key: string; readonly row: Omit<HealthRecord, 'since' | 'factId'> }

function rowOf(
  account: Account,
  { ref }: { ref: ObjectRef | null },
  uid: string,
  generation: number,
  verdict: Health | null,
): Row {
  const { application, cluster } = account
  return {
    key: healthKey(application.uid, ref),
    row: { application, cluster, object: ref, uid, generation, health: shortened(verdict) },
  }
}

/** Rows stay under 4 KiB; an API server's message may be longer. */
function shortened(verdict: Health | null): Health | null {
  return verdict === null || verdict.message.length <= 1000
    ? verdict
    : health(verdict.status, `${verdict.message.slice(0, 999)}…`)
}

/** A rollout that waits for pods tells what they say. */
function blaming(entry: Entry, trouble: Trouble): Entry {
  const { status, message } = entry.health ?? {}
  if (!entry.isLive || (status !== 'Progressing' && status !== 'Degraded')) return entry
  const blamed = trouble(entry.uid)
  return blamed === undefined ? entry : { ...entry, health: health(status, message ? `${message}; ${blamed}` : blamed) }
}

function withSilence(entry: Entry, silence: string | undefined): Entry & { silence: string | undefined } {
  const verdict = silence === undefined || entry.health === null ? entry.health : health('Unknown', silence)
  return { ...entry, health: verdict, silence }
}

function judgeWhole(entries: readonly (Entry & { silence: string | undefined })[]): Health {
  const silent = entries.find(({ silence }) => silence !== undefined)
  return silent?.silence === undefined ? judgeApplication(entries) : health('Unknown', silent.silence)
}

function differs(row: Row['row'], stored: HealthRecord | undefined): boolean {
  if (stored === undefined) return true
  return row.uid !== stored.uid || row.generation !== stored.generation || row.health?.status !== stored.health?.status
}

function isReworded(row: Row['row'], stored: HealthRecord | undefined): boolean {
  return stored !== undefined && !differs(row, stored) && row.health?.message !== stored.health?.message
}

function dated(row: Row['row'], stored: HealthRecord | undefined, now: Date, factId: string | undefined): HealthRecord {
  const isSame = stored !== undefined && stored.health?.status === row.health?.status
  return { ...row, since: isSame ? stored.since : now.toISOString(), factId: factId ?? stored?.factId ?? '' }
}

function draftFact(
  account: Account,
  changed: readonly Row[],
  whole: Row,
  stored: HealthRecord | undefined,
  now: Date,
): FactDraft<HealthChanged> {
  const { application, cluster, lastSync, token } = account
  const objects = changed.flatMap(({ row }) =>
    row.object === null ? [] : [{ object: row.object, uid: row.uid, generation: row.generation, health: row.health }],
  )
  const verdict = whole.row.health ?? health('Unknown')
  const data: HealthChanged = {
    application,
    cluster,
    health: verdict,
    previous: stored?.health ?? null,
    objects: objects.slice(0, 100),
  }
  return {
    id: factId(
      application,
      sha256(JSON.stringify([objects, verdict.status, lastSync?.id])),
      ordinalOf(stored?.factId) + 1,
    ),
    token,
    time: now,
    data,
    ...originOf(lastSync),
    actor: 'service:insighthub',
  }
}

function factId({ uid }: ApplicationRef, digest: string, ordinal: number): string {
  return `health.changed/${uid}/${digest.slice(0, 16)}/${ordinal}`
}
