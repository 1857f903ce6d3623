import {
  hubCluster,
  managedMarks,
  sha256,
  type Health,
  type HealthStatus,
  type ReleaseRecord,
  type StopRecord,
} from '@k8or/contracts'
import { keyOf, refOf, type KindRef, type KubeObject } from '@k8or/kube-objects'
import { parseProject, type Project } from '@k8or/projects'
import { parseApplication, type Application } from '../src/domain/application/application'
import { LiveIndex } from '../src/domain/drift/live-index'
import { ConflictError } from '../src/domain/application/applications'
import { RefusedError, type Fence, type MutationOptions } from '../src/domain/cluster/clusters'
import type { Accounts } from '../src/domain/account/accounts'
import type { Ports } from '../src/domain/ports'
import type { Verdict } from '../src/domain/status/health'
import { RecentDesiredSets } from '../src/adapters/memory/desired-sets'
import { memoryAccount, nothingStored, type Call, type MemoryAccount, type Stored } from './memory-account'
import { memoryAnnouncer } from './memory-announcer'
import { merged, ownedFields, stripped } from './memory-objects'

/** Thrown at the call at which the process is to die. */
export class Killed extends Error {}

type RawApplication = Record<string, unknown> & { metadata: Record<string, unknown> }

/**
 * A hub, a cluster and a bus in memory: enough to reconcile applications, and to die at any call. What is stored
 * outlives a process; what a process remembers does not.
 */
export class MemoryWorld {
  readonly objects = new Map<string, KubeObject>()
  readonly facts = new Map<string, unknown>()
  /** On whose behalf each sync ended. */
  readonly actors = new Map<string, string>()
  /** What happens elsewhere the moment before an object is applied. */
  beforeApply: (name: string) => void = () => undefined
  readonly waits: { application: string; delayMs: number; reason: string }[] = []
  readonly applies: string[] = []
  readonly refusals = new Map<string, string>()
  /** The names of objects that are not gone the moment they are deleted. */
  readonly lingering = new Set<string>()
  release: ReleaseRecord | undefined
  manifests: readonly KubeObject[] = []
  /** Earlier releases that are kept, by number. */
  readonly archive = new Map<number, { release: ReleaseRecord; manifests: readonly KubeObject[] }>()
  /** Under which fence each apply was made. */
  readonly fences: Fence[] = []
  project: Project | undefined = parseProject({
    metadata: { name: 'default' },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  })
  nowMs = Date.parse('2026-01-01T00:00:00Z')
  lease = 7
  stop: StopRecord | undefined
  /** Why a fact can not be stored. */
  refusesFact: (id: string) => Error | undefined = () => undefined
  /** What was signalled of heals that could not be told of. */
  readonly untold: string[] = []
  /** The number of outside calls after which the process dies. */
  diesAfter = Infinity
  readonly #stored = new Map<string, Stored>()
  readonly #health = new Map<string, Health>()
  #application: RawApplication
  #version = 100
  #isRemoved = false

  constructor(application: RawApplication) {
    this.#application = application
  }

  /** The Application as it is stored on the hub. */
  get application(): Application & { readonly raw: Record<string, unknown> } {
    const object = {
      ...this.#application,
      metadata: { ...this.#application.metadata, resourceVersion: String(this.#version) },
    }
    return { ...parseApplication(object as never), raw: object }
  }

  /** Changes the Application as people would. */
  edit(patch: Record<string, unknown>): void {
    this.#application = merged(this.#application, patch) as RawApplication
    this.#version++
  }

  /** Takes the Application from the hub, as somebody does who forces its deletion. */
  remove(): void {
    this.#isRemoved = true
  }

  /** What outlives a process: what was written about the application. */
  get stored(): Stored {
    return this.#storedOf(this.application.uid)
  }

  /** Changes an object as people would: the fields are theirs then. */
  drift(key: string, data: Record<string, string>): void {
    const object = this.objects.get(key)
    if (!object) throw new Error(`there is no ${key}`)
    const owned = { 'f:data': { 'f:stolen': {} } }
    const managedFields = [
      {
        manager: 'kubectl-edit',
        operation: 'Update' as const,
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        fieldsV1: owned,
      },
    ]
    this.#store(key, { ...object, data, metadata: { ...object.metadata, managedFields } })
  }

  /** What InsightHub says of an object from now on, whatever becomes of it. */
  judge(name: string, status: HealthStatus, message = ''): void {
    this.#health.set(name, { status, message })
  }

  #verdictOn(key: string): Verdict | undefined {
    const { uid = '', generation = 0, name = '' } = this.objects.get(key)?.metadata ?? {}
    const health = this.#health.get(name)
    return health && { uid, generation, health }
  }

  /** What a process works with; another process works with other ports. */
  start(): Ports {
    const accounts = this.#accounts()
    const index = new LiveIndex((uid, key) => accounts.expected(uid, key))
    for (const object of this.objects.values()) index.take(hubCluster.name, object)
    return {
      clock: { now: () => new Date(this.nowMs) },
      applications: this.#applications(),
      targets: { resolve: async () => hubCluster },
      stops: { over: () => this.stop },
      clusters: this.#clusters(),
      releases: {
        latest: async () => this.#call(() => this.release),
        get: async (_, release) => this.#call(() => this.archive.get(release)?.release),
        kept: async () => [...this.archive.keys()].toReversed(),
        manifests: async ({ release }) =>
          this.#call(() => [...(this.archive.get(release)?.manifests ?? this.manifests)]),
      },
      desiredSets: new RecentDesiredSets(1000),
      verdicts: { ofApplication: () => undefined, ofObject: (_, ref) => this.#verdictOn(keyOf(ref)) },
      live: { index, watch: () => undefined, kinds: () => [], known: async () => undefined },
      accounts,
      announcer: memoryAnnouncer({
        say: async (id, data) => this.#call(() => this.#say(id, data)),
        onEnd: (sync, actor) => void this.actors.set(sync, actor),
      }),
      marks: {
        mark: () => undefined,
        later: async (application, delayMs, reason) =>
          this.#call(() => void this.waits.push({ application, delayMs, reason })),
      },
      buckets: { fenceOf: () => this.lease },
      signals: {
        syncEnded: () => undefined,
        objectFailed: () => undefined,
        healed: () => undefined,
        healUntold: ({ message }) => void this.untold.push(message),
        conditionCame: () => undefined,
      },
    }
  }

  #call<Answer>(act: () => Answer): Answer {
    if (this.diesAfter-- <= 0) throw new Killed('the process was killed')
    return act()
  }

  #applications(): Ports['applications'] {
    return {
      isComplete: () => true,
      get: () => (this.#isRemoved ? undefined : this.application),
      list: () => (this.#isRemoved ? [] : [this.application]),
      project: () => this.project,
      read: async () => this.application,
      patch: async (_, patch) => this.#call(() => this.#patch(patch)),
      note: () => undefined,
    }
  }

  #patch({ metadata, ...patch }: Record<string, unknown>): void {
    const { resourceVersion, ...marks } = (metadata ?? {}) as Record<string, unknown>
    if (resourceVersion !== undefined && resourceVersion !== String(this.#version))
      throw new ConflictError(`version ${JSON.stringify(resourceVersion)} is not the present one`)
    this.edit({ ...patch, metadata: marks })
  }

  #clusters(): Ports['clusters'] {
    return {
      get: async (_, ref) => this.#call(() => this.objects.get(keyOf(ref))),
      ofApplication: async (_, kind, application) =>
        this.#call(() =>
          [...this.objects.values()].filter(
            (object) => object.kind === kind.kind && object.metadata.labels?.[managedMarks.application] === application,
          ),
        ),
      apply: async (_, object, options) => this.#call(() => this.#apply(object, options)),
      delete: async (_, ref) => this.#call(() => this.#delete(keyOf(ref))),
      isNamespaced: async (_: string, kind: KindRef) => kind.kind !== 'Namespace',
      untilServed: async () => true,
    }
  }

  #delete(key: string): boolean {
    const object = this.objects.get(key)
    if (!object || !this.lingering.has(object.metadata.name)) return this.objects.delete(key)
    this.#store(key, { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } })
    return true
  }

  #apply(object: KubeObject, { dryRun, fence }: MutationOptions): KubeObject {
    const ref = refOf(object)
    const key = keyOf(ref)
    this.beforeApply(ref.name)
    const refusal = this.refusals.get(key)
    if (refusal !== undefined) throw new RefusedError(refusal, ref, 422, 'Invalid')
    const before = this.objects.get(key)
    const { managedFields: _, resourceVersion: _v, ...known } = before?.metadata ?? { name: ref.name }
    const applied = { ...object, metadata: { ...known, ...object.metadata, managedFields: [ownedFields(object)] } }
    const isSame = before !== undefined && JSON.stringify(stripped(before)) === JSON.stringify(stripped(applied))
    if (isSame) return before
    if (dryRun) return applied
    this.applies.push(ref.name)
    this.fences.push(fence)
    return this.#store(key, applied)
  }

  #store(key: string, object: KubeObject): KubeObject {
    const { uid = sha256(`${key} ${this.#version}`).slice(0, 8), generation = 0 } = object.metadata
    const resourceVersion = String(++this.#version)
    const stored = { ...object, metadata: { ...object.metadata, uid, generation: generation + 1, resourceVersion } }
    this.objects.set(key, stored)
    return stored
  }

  #accounts(): Accounts {
    const call: Call = (act) => this.#call(act)
    const open = new Map<string, MemoryAccount>()
    return {
      open: async (uid) => {
        const account = open.get(uid) ?? memoryAccount(this.#storedOf(uid), call)
        open.set(uid, account)
        return account
      },
      expected: (uid, key) =>
        open.get(uid)?.applied.get(key)?.projectionDigest ?? this.#storedOf(uid).applied.get(key)?.projectionDigest,
      close: (uid) => void open.delete(uid),
      read: async (uid) => memoryAccount(this.#storedOf(uid), call),
      remove: async (uid) => this.#call(() => void this.#stored.delete(uid)),
    }
  }

  #storedOf(uid: string): Stored {
    const stored = this.#stored.get(uid) ?? nothingStored()
    this.#stored.set(uid, stored)
    return stored
  }

  #say(id: string, data: unknown): boolean {
    const refused = this.refusesFact(id)
    if (refused) throw refused
    if (this.facts.has(id)) return false
    this.facts.set(id, data)
    return true
  }
}
