import { readProject } from '@k8or/projects'
import { expectClear, readEntries, type Entry } from '@k8or/rig'
import { z } from 'zod'
import { MemoryWorld } from '../test/memory-world'
import { healAllowance, TokenBuckets } from './domain/drift/token-bucket'
import { defaultMassChangeLimits } from './domain/plan/prune'
import { Reconciler } from './domain/sync/reconciler'

/** What of an Application, and of its AppProject, is otherwise than in good ones; a project that is null is not there. */
const Declared = z.strictObject({
  application: z.record(z.string(), z.unknown()).default({}),
  project: z.record(z.string(), z.unknown()).nullable().default({}),
})
type Declared = z.infer<typeof Declared>

const uid = 'f6a1'
const settings = {
  ...{ controlNamespace: 'argocd', installation: 'k8or', parallelApplies: 2, historyLimit: 10 },
  ...{ massChange: defaultMassChangeLimits, healBuckets: new TokenBuckets(healAllowance) },
}
const metadata = { uid, name: 'shop', namespace: 'argocd', creationTimestamp: '2025-01-01T00:00:00Z' }
const spec = {
  source: { repoURL: 'https://git.example/shop.git', path: 'app' },
  destination: { name: 'in-cluster', namespace: 'shop' },
}
const everything = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] }

const projectOf = (other: object) => readProject({ metadata: { name: 'default' }, spec: { ...everything, ...other } })

describe('services/syncmaster/src/hostile-declarations', () => {
  /** What the conditions of an Application say after SyncMaster looked at it, by type. */
  const look = async (world: MemoryWorld): Promise<Map<string, string>> => {
    await new Reconciler(world.start(), settings).consider(uid, new AbortController().signal)
    const { conditions, operationState } = world.application.status
    const told = (conditions ?? []).map(({ type, message }): [string, string] => [type, message])
    return new Map([...told, ['operation', operationState?.message ?? '']])
  }

  const worldOf = ({ application, project }: Declared) => {
    const world = new MemoryWorld({ metadata, spec, ...application })
    world.project = project === null ? undefined : projectOf(project)
    return world
  }

  it.each(readEntries('declarations', Declared))('%s', async (_, entry: Entry<Declared>) => {
    const world = worldOf(entry.given)
    const { outcome } = entry.expected
    const told = await look(world)
    expect([...told.keys(), outcome === 'taken' ? 'taken' : '']).toContain(outcome)
    if (outcome === 'taken') expect([...told.keys()]).toEqual(['operation'])
    expectClear(entry, told.get(String(outcome)) ?? '')
    expect(world.applies).toEqual([])
    world.project = projectOf({})
    world.edit({ spec: null, operation: null, status: null, metadata: { annotations: null } })
    world.edit({ spec })
    expect([...(await look(world)).keys()]).toEqual(['operation'])
  })
})
