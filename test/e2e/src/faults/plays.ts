import { eventually, registerCluster, valueAt } from '@k8or/rig'
import { condition } from '../conditions'
import { configMap } from '../manifests'
import { hopsOf } from '../traces'
import { BusyRegistry } from './busy-registry'
import { web, type FaultDesk } from './fault-desk'

const wholeWay = ['delivery.received', 'revision.observed', 'release.rendered', 'sync.planned', 'sync.started']

/** A push becomes healthy, and the way from the webhook to the verdict is told; `meanwhile` something may come to pass. */
export async function push(desk: FaultDesk, meanwhile = async (): Promise<void> => undefined): Promise<void> {
  desk.expectChanges('web')
  const commit = await desk.push('web', web('web', `shop/web:${desk.next()}`))
  await meanwhile()
  await desk.untilRuns('web')
  const missing = async () => {
    const facts = (await hopsOf(desk.driver, commit)).map(({ fact }) => fact)
    return [...wholeWay, 'sync.finished', 'health.changed'].filter((fact) => !facts.includes(fact))
  }
  const isWhole = async () => (await missing()).length === 0
  await eventually(isWhole, { timeoutMs: 60_000, stepMs: 200, what: `the trace of ${commit}` }).catch(
    async (cause: unknown) => {
      throw new Error(`the trace of ${commit} lacks ${(await missing()).join()}`, { cause })
    },
  )
}

/** What somebody changes by hand is put back, and both is told. */
export async function drift(desk: FaultDesk): Promise<void> {
  desk.expectChanges('web', 2)
  const from = desk.facts.all.length
  await desk.driver.hub.patch('apps/v1/Deployment', 'default/web', { spec: { replicas: 3 } })
  const isBack = (one: unknown): boolean => valueAt(one, 'spec.replicas') === 1
  await desk.driver.hub.watchUntil('apps/v1/Deployment', 'default/web', isBack, 60_000)
  for (const fact of ['drift.detected', 'drift.repaired']) await desk.facts.until(fact, from)
}

/** An object leaves the source, and then the cluster. */
export async function prune(desk: FaultDesk): Promise<void> {
  const kept = { 'app/c.yaml': configMap('pruned', String(desk.next())) }
  await desk.push('pruned', { ...kept, 'app/extra.yaml': configMap('extra', '1') })
  await desk.untilRuns('pruned')
  await desk.push('pruned', { 'app/extra.yaml': null })
  await desk.driver.hub.watchUntil('v1/ConfigMap', 'default/extra', (one) => one === undefined, 60_000)
}

const ofGuest = (data: unknown): boolean => valueAt(data, 'application.name') === 'guest'

/** An application is declared, and goes with its objects. */
export async function comeAndGo(desk: FaultDesk, meanwhile = async (): Promise<void> => undefined): Promise<void> {
  const from = desk.facts.all.length
  const annotations = { 'argocd-image-updater.argoproj.io/image-list': `${desk.registry.access.host}/shop/guest:~1` }
  await desk.declare('guest', { path: 'guest', annotations })
  await desk.facts.until('application.declared', from, (data) => valueAt(data, 'application.ref.name') === 'guest')
  await desk.facts.until('sync.finished', from, ofGuest)
  await meanwhile()
  await desk.undeclare('guest')
  await desk.facts.until('application.removed', from)
}

/** The same, after something was decided about its image. */
export function comeAndGoWithImage(desk: FaultDesk): Promise<void> {
  return comeAndGo(desk, async () => {
    const from = desk.facts.all.length
    const version = `7.0.${desk.next()}`
    await desk.registry.push('shop/guest', version, { files: { version } })
    await desk.facts.until('image.considered', from, ofGuest)
  })
}

/** A revision that is not there is told. */
export async function miss(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  await desk.declare('missing', { path: 'aside', targetRevision: `missing-${desk.next()}` })
  await condition(desk.driver, 'missing', 'ComparisonError', 60_000)
  await desk.facts.until('revision.unresolved', from)
  await desk.undeclare('missing')
  await desk.facts.until('application.removed', from)
}

/** A source that can not be rendered is told, and mended. */
export async function breakSource(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  await desk.push('broken', { 'app/c.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: [${desk.next()}\n` })
  await condition(desk.driver, 'broken', 'ComparisonError', 60_000)
  await desk.facts.until('release.failed', from)
  const commit = await desk.push('broken', { 'app/c.yaml': configMap('broken', String(desk.next())) })
  await desk.facts.until('release.rendered', from, (data) => valueAt(data, 'sources.0.revision') === commit)
}

/** A chart is rendered by a process of its own. */
export async function renderChart(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  const commit = await desk.push('chart', { 'app/values.yaml': `round: "${desk.next()}"\n` })
  await desk.facts.until('release.rendered', from, (data) => valueAt(data, 'sources.0.revision') === commit)
}

/** An image is pushed, written to git as one commit, and rolled out. */
export async function pushImage(desk: FaultDesk): Promise<void> {
  desk.expectChanges('imaged')
  const from = desk.facts.all.length
  const version = `1.0.${desk.next()}`
  await desk.registry.push('shop/imaged', version, { files: { version } })
  await desk.expectCommit('imaged')
  const image = `${desk.registry.access.host}/shop/imaged:${version}`
  const runs = (one: unknown): boolean => valueAt(one, 'spec.template.spec.containers.0.image') === image
  await desk.driver.hub.watchUntil('apps/v1/Deployment', 'default/imaged', runs, 60_000)
  const ofVersion = (data: unknown): boolean => valueAt(data, 'tag') === version
  for (const fact of ['image.built', 'image.considered']) await desk.facts.until(fact, from, ofVersion)
  await desk.facts.until('commit.pushed', from)
}

/** The host of the repository refuses what the mesh commits, until it is let. */
export async function refuse(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  const allow = desk.forbidPushes('imaged')
  const version = `1.0.${desk.next()}`
  await desk.registry.push('shop/imaged', version, { files: { version } })
  await desk.facts.until('image.considered', from, (data) => valueAt(data, 'outcome') === 'failed')
  allow()
  await pushImage(desk)
}

/** A registry has no time, and then it has. */
export async function keepWaiting(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  const registry = await BusyRegistry.start()
  try {
    await desk.tellImage(`${registry.host}/shop/late`, String(desk.next()))
    await registry.untilAsked()
    registry.isBusy = false
    await desk.facts.until('image.built', from, (data) => valueAt(data, 'image.name') === `${registry.host}/shop/late`)
  } finally {
    await registry.stop()
  }
}

/** A tag is pushed over. */
export async function moveTag(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  const digest = await desk.registry.push('shop/loose', 'latest', { files: { version: String(desk.next()) } })
  for (const fact of ['tag.moved', 'image.built'])
    await desk.facts.until(fact, from, (data) => JSON.stringify(data).includes(digest))
}

/** Somebody goes back to the release before, and lets it go on. */
export async function rollBack(desk: FaultDesk): Promise<void> {
  await desk.push('turned', { 'app/c.yaml': configMap('turned', String(desk.next())) })
  await desk.untilRuns('turned')
  const from = desk.facts.all.length
  const name = { name: { name: 'turned' } }
  const isHeld = async (): Promise<boolean> => {
    const application = await desk.driver.hub.get('argoproj.io/v1alpha1/Application', 'argocd/turned')
    return application?.metadata.annotations?.['k8or.dev/hold'] !== undefined
  }
  await desk.ask('k8or.syncmaster.v1.Applications/Rollback', { ...name, reason: 'it burns' }, isHeld)
  for (const fact of ['rollback.started', 'rollback.finished']) await desk.facts.until(fact, from)
  await desk.ask('k8or.syncmaster.v1.Applications/Resume', name, async () => !(await isHeld()))
}

/** Somebody stops the mesh, and lets it go on. */
export async function stop(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  const stops = async () =>
    (await desk.driver.people.call<{ stops?: unknown[] }>('k8or.accesspoint.v1.Stops/List', {})).stops ?? []
  const request = { cluster: '', reason: 'the database burns' }
  await desk.ask('k8or.accesspoint.v1.Stops/Raise', request, async () => (await stops()).length > 0)
  await desk.push('pruned', { 'app/c.yaml': configMap('pruned', String(desk.next())) })
  await condition(desk.driver, 'pruned', 'SyncError', 60_000)
  await desk.ask('k8or.accesspoint.v1.Stops/Lift', request, async () => (await stops()).length === 0)
  for (const fact of ['stop.raised', 'stop.lifted']) await desk.facts.until(fact, from)
}

/** A cluster is declared that does not answer, then answers, then is retired. */
export async function changeCluster(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  const { hub } = desk.mesh.mesh
  const name = 'second'
  const isOurs = (data: unknown): boolean => valueAt(data, 'cluster') === name
  await registerCluster(hub.client, { ...hub, name, url: 'https://127.0.0.1:1' })
  await desk.facts.until('cluster.unreachable', from, isOurs)
  await registerCluster(hub.client, { ...hub, name, url: hub.url.replace('localhost', '127.0.0.1') })
  await desk.facts.until('cluster.reachable', from, isOurs)
  await hub.client.delete('v1/Secret', 'argocd/cluster-second')
}

/** SyncMaster stops in order, and takes up its work again. */
export async function restart(desk: FaultDesk): Promise<void> {
  desk.mesh.mesh.kill('syncmaster', 'SIGTERM')
  await push(desk)
}
