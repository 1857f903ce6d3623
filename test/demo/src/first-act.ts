import { runsHealthy, valueAt, type DrivenRepository, type KubeObject } from '@k8or/rig'
import { webDeployment, webService } from './manifests'
import { showTrace } from './show-trace'
import type { Stage } from './stage'

const type = 'apps/v1/Deployment'

/** First act: a push becomes healthy pods, a change by hand is put back, and the mesh says how it all came about. */
export async function firstAct(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.act('A push, and a moment later it runs')
  const repository = await declareShop(stage)
  const commit = await rollOut(stage, repository)
  narrator.act('A change by hand is put back')
  await putBack(stage)
  narrator.act('How that deployment came about')
  await showTrace(stage, commit)
}

async function declareShop(stage: Stage): Promise<DrivenRepository> {
  const { driver, narrator, namespace } = stage
  const repository = await driver.repository('shop')
  await repository.commit(
    { 'web/deployment.yaml': webDeployment(stage.image('1.0'), 2), 'web/service.yaml': webService() },
    'web 1.0',
  )
  narrator.say(`a repository with a Deployment and a Service: ${repository.url}`)
  await driver.declare({ name: 'shop', repoUrl: repository.url, path: 'web', namespace })
  narrator.say('an Application "shop" is declared on the cluster, as Argo CD has them')
  await narrator.expect('it is Synced and Healthy: 2 pods are ready', healthyPods(stage, 2))
  return repository
}

async function rollOut(stage: Stage, repository: DrivenRepository): Promise<string> {
  const { narrator } = stage
  const image = stage.image('1.1')
  const push = await repository.commit({ 'web/deployment.yaml': webDeployment(image, 3) }, 'web 1.1, three replicas')
  narrator.say(`a commit ${push.after.slice(0, 8)}: image ${image}, three replicas; the git host posts its webhook`)
  const changed = watchWeb(stage, (object) => imageOf(object) === image)
  await Promise.all([
    repository.tell(push),
    narrator.expect(`the Deployment on the cluster has image ${image}`, changed),
  ])
  await narrator.expect('three new pods are ready, the Application is Healthy', healthyPods(stage, 3, push.after))
  return push.after
}

async function putBack(stage: Stage): Promise<void> {
  const { driver, narrator } = stage
  const drifted = await driver.hub.patch(type, webOf(stage), { spec: { replicas: 7 } })
  narrator.say('somebody scales the Deployment to 7 replicas by hand')
  const isBack = (object: KubeObject | undefined): boolean =>
    valueAt(object, 'spec.replicas') === 3 && object?.metadata.resourceVersion !== drifted.metadata.resourceVersion
  await narrator.expect('it has 3 again', watchWeb(stage, isBack))
  await narrator.expect('and is Healthy', healthyPods(stage, 3))
}

async function healthyPods(stage: Stage, replicas: number, revision?: string): Promise<void> {
  const isHealthy = (application: KubeObject): boolean => runsHealthy(application, revision)
  await stage.driver.application('shop', isHealthy, stage.patienceMs)
  await watchWeb(stage, (object) => valueAt(object, 'status.readyReplicas') === replicas)
}

function watchWeb(stage: Stage, accept: (object: KubeObject | undefined) => boolean): Promise<KubeObject | undefined> {
  return stage.driver.hub.watchUntil(type, webOf(stage), accept, stage.patienceMs)
}

function webOf({ namespace }: Stage): string {
  return `${namespace}/web`
}

function imageOf(object: KubeObject | undefined): unknown {
  return valueAt(object, 'spec.template.spec.containers.0.image')
}
