import {
  eventually,
  headOf,
  KubeClient,
  readKubeconfig,
  RegistryClient,
  runsHealthy,
  valueAt,
  type DrivenRepository,
  type KubeConnection,
  type MeshDriver,
} from '@k8or/rig'
import type { Line, Scenario } from './scenario'
import { summarize } from './statistics'

const type = 'apps/v1/Deployment'
const key = 'default/bench-image'
const policy = 'argocd-image-updater.argoproj.io/image-list'

/** From an image that its registry has taken to the commit in the manifests, and to three clusters that have it. */
export const imageDelivered: Scenario = async (driver, runs) => {
  const registry = new RegistryClient({
    host: driver.value('K8OR_REGISTRY'),
    username: driver.value('K8OR_REGISTRY_USERNAME'),
    password: driver.value('K8OR_REGISTRY_PASSWORD'),
  })
  const clusters = clustersOf(driver).map((connection) => ({ connection, client: new KubeClient(connection) }))
  try {
    const image = `${registry.access.host}/bench/web`
    const manifests = await declareEverywhere(
      driver,
      image,
      clusters.map(({ connection }) => connection),
    )
    const deliver = (version: string) =>
      deliverOnce(version, image, { registry, manifests, clients: clusters.map(({ client }) => client) })
    for (let warmUp = 1; warmUp <= 3; warmUp++) await deliver(`1.0.${warmUp}`)
    const deliveries: Delivery[] = []
    for (let run = 0; run < runs; run++) deliveries.push(await deliver(`1.1.${run}`))
    return lines(deliveries, clusters.length)
  } finally {
    await Promise.all([registry.close(), ...clusters.map(({ client }) => client.close())])
  }
}

interface Delivery {
  readonly committedMs: number
  readonly appliedMs: number
}

interface Parts {
  readonly registry: RegistryClient
  readonly manifests: DrivenRepository
  readonly clients: readonly KubeClient[]
}

function lines(deliveries: readonly Delivery[], clusters: number): Line[] {
  return [
    {
      what: 'image in the registry to committed',
      unit: 'ms',
      summary: summarize(deliveries.map(({ committedMs }) => committedMs)),
      target: { p50: 300 },
    },
    {
      what: `image in the registry to applied on ${clusters} clusters`,
      unit: 'ms',
      summary: summarize(deliveries.map(({ appliedMs }) => appliedMs)),
      target: { p50: 800 },
    },
  ]
}

function clustersOf(driver: MeshDriver): KubeConnection[] {
  const entries = driver.value('K8OR_CLUSTERS').split(',')
  return entries.map((entry) => readKubeconfig(entry.slice(entry.indexOf('=') + 1)))
}

async function declareEverywhere(
  driver: MeshDriver,
  image: string,
  clusters: readonly KubeConnection[],
): Promise<DrivenRepository> {
  const repository = await driver.repository('bench-image')
  const folders = clusters.map((_, index) => `cluster-${index + 1}`)
  const { after } = await repository.commit(
    Object.fromEntries(folders.map((folder) => [`${folder}/web.yaml`, deployment(`${image}:1.0.0`)])),
  )
  for (const [index, { url }] of clusters.entries()) {
    const name = `bench-image-${index + 1}`
    const annotations = { [policy]: `web=${image}:~1` }
    await driver.declare({ name, repoUrl: repository.url, path: folders[index] ?? '', server: url, annotations })
    await driver.application(name, (application) => runsHealthy(application, after), 60_000)
  }
  return repository
}

async function deliverOnce(version: string, image: string, { registry, manifests, clients }: Parts): Promise<Delivery> {
  const before = await headOf(manifests.path)
  const isNew = (object: unknown): boolean =>
    valueAt(object, 'spec.template.spec.containers.0.image') === `${image}:${version}`
  const applied = Promise.all(clients.map((client) => client.watchUntil(type, key, isNew, 60_000)))
  await registry.push('bench/web', version, { files: { version } })
  const start = performance.now()
  const hasMoved = async (): Promise<boolean> => (await headOf(manifests.path)) !== before
  await eventually(hasMoved, { timeoutMs: 60_000, what: `a commit of ${version}` })
  const committedMs = performance.now() - start
  await applied
  return { committedMs, appliedMs: performance.now() - start }
}

/** Without pods: what is measured ends at the API server. */
function deployment(image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: bench-image
spec:
  replicas: 0
  selector:
    matchLabels: { app: bench-image }
  template:
    metadata:
      labels: { app: bench-image }
    spec:
      containers:
        - name: web
          image: ${image}
`
}
