import {
  eventually,
  headOf,
  readFileAt,
  registerRegistry,
  RegistryClient,
  runsHealthy,
  valueAt,
  type KubeObject,
  type Mesh,
  type RegistryAccess,
} from '@k8or/rig'
import { applicationOf, Estate, type Clusters } from './estate'
import { clusterNames, type ClusterName, type Fleet } from './fleet'
import type { Narrator } from './narrator'
import { Pipeline } from './pipeline'
import { showCommand, showTrace } from './show-trace'
import type { Stage } from './stage'

const type = 'apps/v1/Deployment'
const web = 'shop/web'

/** What the acts share. */
interface Scene extends Stage {
  readonly pipeline: Pipeline
  readonly estate: Estate
  readonly clusters: Clusters
}

/** From a commit of code to three clusters, and back when it is bad. */
export async function wholeStory(stage: Stage, mesh: Mesh, fleet: Fleet): Promise<void> {
  const { narrator } = stage
  narrator.act('Three repositories, a registry, three clusters')
  const registry = new RegistryClient(await registryOf(mesh, narrator))
  try {
    const scene = await setUp(stage, registry, fleet)
    narrator.act('A commit of code, and a moment later it runs on three clusters')
    const commit = await deliver(scene, '1.1.0')
    narrator.act('A change by hand in production is put back')
    await putBack(scene)
    narrator.act('A bad image goes back by a git revert; the other clusters do not notice')
    await goBack(scene, '1.2.0-rc.1', '1.1.0')
    narrator.act('How the deployment of 1.1.0 came about')
    await showTrace(stage, commit)
    narrator.act('How long deployments take')
    narrator.show(await showCommand(stage, ['lead-times', '--since', '1h', '-o', 'table']))
  } finally {
    await registry.close()
  }
}

/** On a new machine it is still being built when the first act is over. */
async function registryOf(mesh: Mesh, narrator: Narrator): Promise<RegistryAccess> {
  const late = () => narrator.say('the OCI registry is still being built: .cache/behind.log tells how far it is')
  const timer = setTimeout(late, 2_000)
  return narrator.expect('an OCI registry is up', mesh.registry()).finally(() => clearTimeout(timer))
}

async function setUp(stage: Stage, registry: RegistryClient, fleet: Fleet): Promise<Scene> {
  const { driver, narrator } = stage
  const joined = fleet.join(driver.hub)
  const clusters = await narrator.expect('three more real API servers are up: staging and two of production', joined)
  const pipeline = new Pipeline(await driver.repository('shop-code'), registry)
  await pipeline.build('1.0.0', await pipeline.commit('1.0.0', 'the shop opens'))
  await registerRegistry(driver.hub, registry.access, driver.value('K8OR_APP_NAMESPACE'))
  const estate = await Estate.found(driver, clusters, pipeline.image)
  narrator.say('repositories: shop-code, infrastructure, manifests; image shop/web:1.0.0 is in the registry')
  await estate.declare(driver, pipeline.image)
  const scene = { ...stage, pipeline, estate, clusters }
  await narrator.expect(
    'six Applications are Synced and Healthy: 1.0.0 runs on all three',
    runsOn(scene, clusterNames, '1.0.0'),
  )
  return scene
}

/** Answers the commit that the mesh made. */
async function deliver(scene: Scene, version: string): Promise<string> {
  const { narrator, pipeline } = scene
  const commit = await pipeline.commit(version, 'a new shop window')
  narrator.say(`a commit to shop-code: ${commit.slice(0, 8)}; the pipeline builds shop/web:${version} and pushes it`)
  const running = clusterNames.map((name) =>
    narrator.expect(`${name} runs shop/web:${version} and is Healthy`, runs(scene, name, version)),
  )
  await pipeline.build(version, commit)
  narrator.say('the registry has it, and tells the mesh')
  const written = await narrator.expect(
    'the mesh has committed the new image to the manifests',
    committed(scene, version),
  )
  await Promise.all(running)
  return written
}

async function putBack(scene: Scene): Promise<void> {
  const { narrator, clusters } = scene
  const east = clusters['production-east'].client
  const drifted = await east.patch(type, web, { spec: { replicas: 9 } })
  narrator.say('somebody scales production-east to 9 replicas by hand')
  const isBack = (object: KubeObject | undefined): boolean =>
    valueAt(object, 'spec.replicas') === 2 && object?.metadata.resourceVersion !== drifted.metadata.resourceVersion
  await narrator.expect('it has 2 again', east.watchUntil(type, web, isBack, scene.patienceMs))
}

async function goBack(scene: Scene, bad: string, good: string): Promise<void> {
  const { narrator, pipeline, driver, patienceMs } = scene
  const before = await generations(scene)
  const commit = await pipeline.commit(bad, 'a shop window of glass')
  await pipeline.build(bad, commit)
  narrator.say(`shop/web:${bad} is pushed: staging takes release candidates, production does not`)
  const staging = applicationOf('staging')
  const isDegraded = (one: KubeObject): boolean => valueAt(one, 'status.health.status') === 'Degraded'
  await narrator.expect('staging is Degraded: its new pods crash', driver.application(staging, isDegraded, patienceMs))
  narrator.say(`k8or app rollback ${staging} --git`)
  await Promise.all([
    narrator.expect('the manifests name the version before: a commit that reverts', named(scene, 'staging', good)),
    narrator.expect(`staging runs shop/web:${good} again and is Healthy`, runs(scene, 'staging', good)),
    showCommand(scene, ['app', 'rollback', staging, '--git', '--reason', `${bad} crashes`]),
  ])
  await narrator.expect('production did not notice', same(before, await generations(scene)))
}

function runsOn(scene: Scene, names: readonly ClusterName[], version: string): Promise<unknown> {
  return Promise.all(names.map((name) => runs(scene, name, version)))
}

async function runs(scene: Scene, name: ClusterName, version: string): Promise<void> {
  const { driver, clusters, pipeline, patienceMs } = scene
  const image = `${pipeline.image}:${version}`
  const isNew = (object: unknown): boolean => valueAt(object, 'spec.template.spec.containers.0.image') === image
  await clusters[name].client.watchUntil(type, web, isNew, patienceMs)
  const isShown = (one: KubeObject): boolean =>
    runsHealthy(one) && JSON.stringify(valueAt(one, 'status.summary.images') ?? []).includes(image)
  await driver.application(applicationOf(name), isShown, patienceMs)
}

/** Waits until the manifests name the version everywhere, and answers the commit that says so. */
async function committed(scene: Scene, version: string): Promise<string> {
  await Promise.all(clusterNames.map((name) => named(scene, name, version)))
  const { manifests } = scene.estate
  const head = await headOf(manifests.path)
  if (head === undefined) throw new Error('the manifests have no commit')
  return head
}

function named({ estate, patienceMs }: Scene, name: ClusterName, version: string): Promise<boolean> {
  const look = async (): Promise<boolean> =>
    (await readFileAt(estate.manifests.path, `${name}/deployment.yaml`)).includes(`/shop/web:${version}\n`)
  return eventually(look, { timeoutMs: patienceMs, what: `shop/web:${version} in ${name}/deployment.yaml` })
}

/** How often the Deployments of production were changed. */
async function generations({ clusters }: Scene): Promise<string> {
  const objects = await Promise.all(
    (['production-east', 'production-west'] as const).map((name) => clusters[name].client.get(type, web)),
  )
  return objects.map((object) => String(object?.metadata.generation)).join()
}

function same(before: string, after: string): Promise<void> {
  if (before === after) return Promise.resolve()
  return Promise.reject(new Error(`the generations of its Deployments went from ${before} to ${after}`))
}
