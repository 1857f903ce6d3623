import { Content, expectClear, readEntries, type Entry } from '@k8or/rig'
import { z } from 'zod'
import { usualLimits, Connections } from './adapters/kubernetes/connections'
import { Hub } from './adapters/kubernetes/hub'
import { parsePullSecret, pullSecretAccess, PullSecretError } from './domain/settings/pull-secrets'
import { registryAccess } from './domain/settings/registries'
import { repositoryAccess } from './domain/settings/repositories'

/** A Secret of the hub, its values not encoded yet. */
const Secret = z.strictObject({
  name: z.string().default('hostile'),
  /** The label argocd.argoproj.io/secret-type. */
  as: z.string().default('cluster'),
  type: z.string().default('Opaque'),
  data: z.record(z.string(), Content).nullable(),
})

const Declared = z.strictObject({
  secrets: z.array(Secret),
  /** What is asked for: the cluster of a name, the credentials of a repository or a registry. */
  cluster: z.string().optional(),
  repository: z.string().optional(),
  registry: z.string().optional(),
  /** By the annotation pull-secret, which names the first Secret. */
  by: z.string().optional(),
})
type Declared = z.infer<typeof Declared>

const encode = (content: string | Buffer): string => Buffer.from(content as string).toString('base64')
const objectOf = ({ name, as, type, data }: z.infer<typeof Secret>) => ({
  ...{ apiVersion: 'v1', kind: 'Secret', type },
  metadata: { name, namespace: 'argocd', labels: { 'argocd.argoproj.io/secret-type': as } },
  ...(data && { data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(value)])) }),
})
const good = { name: 'good', data: { name: 'west', server: 'https://west.example', config: '{"bearerToken":"t"}' } }

describe('services/accesspoint/src/hostile-secrets', () => {
  const broken: string[] = []
  const connections = new Connections(usualLimits, () => undefined)
  const tls = { rejectUnauthorized: true }
  const hub = new Hub({
    ...{ controlNamespace: 'argocd', graceMs: 1_000, now: () => 0, onApplicationGone: () => undefined },
    credentials: { server: 'https://10.0.0.1', tls, authorization: () => Promise.resolve('Bearer hub'), digest: 'hub' },
    onClusters: (clusters) => void connections.update(clusters),
    onBadSecret: ({ message }) => void broken.push(message),
  })
  afterAll(() => connections.close())

  const clusterOutcome = (name: string) => {
    try {
      return [hub.clusters.byNameOrServer(name).server, '']
    } catch (error) {
      return ['none', broken.length > 0 ? broken.join('\n') : (error as Error).message]
    }
  }

  const accessOutcome = ({ repository, registry = '', by, secrets: [first] }: Declared) => {
    const settings = hub.repositorySettings()
    if (repository !== undefined) return told(repositoryAccess(repository, settings))
    const [host = '', ...path] = registry.split('/')
    const image = { registry: host, path: path.join('/') }
    if (by === undefined) return told(registryAccess(image, settings))
    try {
      const data = Object.fromEntries(Object.entries(first?.data ?? {}).map(([key, value]) => [key, String(value)]))
      const secret = { type: first?.type ?? '', labels: {}, data }
      return told(pullSecretAccess(image, parsePullSecret(by), secret, settings, 'argocd'))
    } catch (error) {
      if (!(error instanceof PullSecretError)) throw error
      return ['refused', error.message]
    }
  }

  const told = (access: object | undefined) => (access ? ['handed out', JSON.stringify(access)] : ['none', ''])

  it.each(readEntries('secrets', Declared))('%s', (_, entry: Entry<Declared>) => {
    const { secrets, cluster } = entry.given
    // What is wrong with a Secret is told once.
    hub.snapshot('secrets', [])
    broken.length = 0
    hub.snapshot('secrets', [...secrets, Secret.parse(good)].map(objectOf))
    const [outcome, message = ''] = cluster === undefined ? accessOutcome(entry.given) : clusterOutcome(cluster)
    expect({ outcome, message }).toEqual({ outcome: entry.expected.outcome, message })
    expectClear(entry, message)
    expect(hub.clusters.byNameOrServer('west').server).toBe('https://west.example')
    expect(hub.clusters.byNameOrServer('in-cluster').isHub).toBe(true)
  })
})
