import type {
  ChangeResult,
  Fact,
  FactDraft,
  HealthChanged,
  HealthRecord,
  ObjectRef,
  SyncFinished,
  SyncStarted,
} from '@k8or/contracts'
import type { Recalled } from '../src/domain/account/accounts'
import { Judge } from '../src/domain/judge'
import { sight, type SeenObject, type Sighting } from '../src/domain/tree/sighting'
import { Silences } from '../src/domain/watch/silences'

export const application = { uid: 'app-1', namespace: 'argocd', name: 'shop', project: 'default' }
const declared = { application, token: 'shop_app1', cluster: 'prod' }
export const kind = { group: 'apps', kind: 'Deployment' }
const ref = (name: string): ObjectRef => ({ ...kind, version: 'v1', namespace: 'shop', name })

interface Rollout {
  generation?: number
  observed?: number
  ready?: number
  labels?: Record<string, string>
}

export const deployment = (
  name: string,
  { generation = 1, observed = generation, ready = 1, labels }: Rollout = {},
): Sighting => {
  const object: SeenObject & { status: unknown } = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      generation,
      labels: labels ?? { 'k8or.dev/application': 'app-1' },
    },
    spec: { replicas: 1 },
    status: { observedGeneration: observed, replicas: 1, updatedReplicas: 1, availableReplicas: ready },
  }
  return sight(object)
}

export const started = (id: string) =>
  ({ id, correlationId: 'push-1', data: { application, cluster: 'prod', kinds: [] } }) as unknown as Fact<SyncStarted>
export const finished = (id: string, objects: [string, ChangeResult, number?][]) =>
  ({
    id,
    correlationId: 'push-1',
    data: {
      application,
      cluster: 'prod',
      objects: objects.map(([name, result, generation = 1]) => ({
        object: ref(name),
        result,
        uid: `uid-${name}`,
        generation,
      })),
    },
  }) as unknown as Fact<SyncFinished>

/** The world around the judge: a clock, a cluster that can be asked, a bus that remembers. */
export class World {
  readonly live = new Map<string, Sighting>()
  readonly rows = new Map<string, HealthRecord>()
  readonly facts: FactDraft<HealthChanged>[] = []
  readonly silences = new Silences(5000)
  isBusDown = false
  readonly judge: Judge
  #now = Date.parse('2026-01-01T00:00:00Z')
  readonly #marked = new Set<string>()

  constructor(rows: ReadonlyMap<string, HealthRecord> = new Map(), syncs: Recalled[] = []) {
    this.judge = new Judge({
      objects: { find: async (_, { name }) => this.live.get(name), watch: () => undefined },
      rows: { put: async (key, row) => this.rows.set(key, row), delete: async (key) => this.rows.delete(key) },
      announcer: {
        publish: async (_event, fact) => {
          if (this.isBusDown) throw new Error('bus is down')
          this.facts.push(fact as unknown as FactDraft<HealthChanged>)
          return { duplicate: false }
        },
      },
      onAnnounced: () => undefined,
      marks: { mark: (key) => this.#marked.add(key) },
      clock: { now: () => new Date(this.#now) },
      silences: this.silences,
    })
    for (const [key, row] of rows) this.rows.set(key, row)
    this.judge.restore(
      [...rows].map(([key, value]) => ({ key, value })),
      syncs,
    )
    this.judge.declare(declared)
  }

  /** Lets questions be answered and marked applications be looked at. Answers what was announced. */
  async settle(): Promise<HealthChanged[]> {
    const before = this.facts.length
    do {
      const keys = [...this.#marked]
      this.#marked.clear()
      for (const key of keys) await this.judge.announce(key)
      await new Promise(setImmediate)
    } while (this.#marked.size > 0)
    return this.facts.slice(before).map(({ data }) => data)
  }

  async pass(ms: number): Promise<HealthChanged[]> {
    this.#now += ms
    this.judge.sweep()
    return this.settle()
  }

  see(...sightings: Sighting[]): Promise<HealthChanged[]> {
    for (const sighting of sightings) {
      this.live.set(sighting.ref.name, sighting)
      this.judge.sightings.seen('prod', sighting)
    }
    return this.settle()
  }

  vanish(name: string): Promise<HealthChanged[]> {
    this.judge.sightings.vanished('prod', deployment(name))
    return this.settle()
  }

  async deploy(id: string, ...sightings: Sighting[]): Promise<HealthChanged[]> {
    this.judge.syncStarted(started(`${id}/started`))
    const early = await this.see(...sightings)
    this.judge.syncFinished(
      finished(
        id,
        sightings.map(({ ref: { name }, generation }) => [name, 'configured', generation]),
      ),
    )
    return [...early, ...(await this.settle())]
  }

  statusOf(key: string): string | undefined {
    return this.rows.get(key)?.health?.status
  }
}
