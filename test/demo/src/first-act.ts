import { runsHealthy, valueAt, type DrivenRepository, type KubeObject, type MeshDriver } from '@k8or/rig'
import { webDeployment, webService } from './manifests'
import type { Narrator } from './narrator'
import { showTrace } from './show-trace'

const deployment = 'apps/v1/Deployment'
const web = 'default/web'

/** First act: a push becomes healthy pods, a change by hand is put back, and the mesh says how it all came about. */
export async function firstAct(driver: MeshDriver, narrator: Narrator): Promise<void> {
  narrator.act('A push, and a moment later it runs')
  const repository = await declareShop(driver, narrator)
  const commit = await rollOut(driver, repository, narrator)
  narrator.act('A change by hand is put back')
  await putBack(driver, narrator)
  narrator.act('How that deployment came about')
  await showTrace(driver, commit, narrator)
}

async function declareShop(driver: MeshDriver, narrator: Narrator): Promise<DrivenRepository> {
  const repository = await driver.repository('shop')
  await repository.commit(
    { 'web/deployment.yaml': webDeployment('1.0', 2), 'web/service.yaml': webService() },
    'web 1.0',
  )
  narrator.say(`a repository with a Deployment and a Service: ${repository.url}`)
  await driver.declare({ name: 'shop', repoUrl: repository.url, path: 'web' })
  narrator.say('an Application "shop" is declared on the cluster, as Argo CD has them')
  await narrator.expect('it is Synced and Healthy: 2 pods are ready', healthyPods(driver, 2))
  return repository
}

async function rollOut(driver: MeshDriver, repository: DrivenRepository, narrator: Narrator): Promise<string> {
  const push = await repository.commit(
    { 'web/deployment.yaml': webDeployment('1.1', 3) },
    'web 1.1 with three replicas',
  )
  narrator.say(`a commit ${push.after.slice(0, 8)}: image 1.1, three replicas; the git host posts its webhook`)
  const changed = driver.hub.watchUntil(deployment, web, (object) => imageOf(object) === 'shop/web:1.1')
  await repository.tell(push)
  await narrator.expect('the Deployment on the cluster has image 1.1', changed)
  await narrator.expect('three new pods are ready, the Application is Healthy', healthyPods(driver, 3, push.after))
  return push.after
}

async function putBack(driver: MeshDriver, narrator: Narrator): Promise<void> {
  const drifted = await driver.hub.patch(deployment, web, { spec: { replicas: 7 } })
  narrator.say('somebody scales the Deployment to 7 replicas by hand')
  const isBack = (object: KubeObject | undefined) =>
    valueAt(object, 'spec.replicas') === 3 && object?.metadata.resourceVersion !== drifted.metadata.resourceVersion
  await narrator.expect('it has 3 again', driver.hub.watchUntil(deployment, web, isBack))
  await narrator.expect('and is Healthy', healthyPods(driver, 3))
}

async function healthyPods(driver: MeshDriver, replicas: number, revision?: string): Promise<void> {
  await driver.application('shop', (application) => runsHealthy(application, revision), 60_000)
  await driver.hub.watchUntil(deployment, web, (object) => valueAt(object, 'status.readyReplicas') === replicas, 60_000)
}

function imageOf(object: KubeObject | undefined): unknown {
  return valueAt(object, 'spec.template.spec.containers.0.image')
}
