import { eventually, registerCluster, valueAt } from '@k8or/rig'
import { condition } from '../conditions'
import { configMap } from '../manifests'
import { hopsOf } from '../traces'
import { BusyRegistry } from './busy-registry'
import { web, type FaultDesk } from './fault-desk'

/** Something that happens to a mesh, from its beginning until all is well again. */
export interface Scenario {
  /** The points for which it is played. It passes others, too. */
  readonly points: readonly string[]
  readonly play: (desk: FaultDesk) => Promise<void>
}

const wholeWay = ['delivery.received', 'revision.observed', 'release.rendered', 'sync.planned', 'sync.started']

/** A push becomes healthy, and the way from the webhook to the verdict is told. */
async function push(desk: FaultDesk): Promise<void> {
  desk.expectChanges('web')
  const commit = await desk.push('web', web('web', `shop/web:${desk.next()}`))
  await desk.untilRuns('web')
  const isWhole = async () => {
    const facts = (await hopsOf(desk.driver, commit)).map(({ fact }) => fact)
    return [...wholeWay, 'sync.finished', 'health.changed'].every((fact) => facts.includes(fact))
  }
  await eventually(isWhole, { timeoutMs: 60_000, stepMs: 200, what: `the trace of ${commit}` })
}

/** What somebody changes by hand is put back, and both is told. */
async function drift(desk: FaultDesk): Promise<void> {
  desk.expectChanges('web', 2)
  const from = desk.facts.all.length
  await desk.driver.hub.patch('apps/v1/Deployment', 'default/web', { spec: { replicas: 3 } })
  const isBack = (one: unknown): boolean => valueAt(one, 'spec.replicas') === 1
  await desk.driver.hub.watchUntil('apps/v1/Deployment', 'default/web', isBack, 60_000)
  for (const fact of ['drift.detected', 'drift.repaired']) await desk.facts.until(fact, from)
}

/** An object leaves the source, and then the cluster. */
async function prune(desk: FaultDesk): Promise<void> {
  const kept = { 'app/c.yaml': configMap('pruned', String(desk.next())) }
  await desk.push('pruned', { ...kept, 'app/extra.yaml': configMap('extra', '1') })
  await desk.untilRuns('pruned')
  await desk.push('pruned', { 'app/extra.yaml': null })
  await desk.driver.hub.watchUntil('v1/ConfigMap', 'default/extra', (one) => one === undefined, 60_000)
}

const ofGuest = (data: unknown): boolean => valueAt(data, 'application.name') === 'guest'

/** An application is declared, and goes with its objects. */
async function comeAndGo(desk: FaultDesk, meanwhile = async (): Promise<void> => undefined): Promise<void> {
  const from = desk.facts.all.length
  const annotations = { 'argocd-image-updater.argoproj.io/image-list': `${desk.registry.access.host}/shop/guest:~1` }
  await desk.declare('guest', { path: 'guest', annotations })
  await desk.facts.until('sync.finished', from, ofGuest)
  await meanwhile()
  await desk.undeclare('guest')
  await desk.facts.until('application.removed', from)
}

/** The same, after something was decided about its image. */
function comeAndGoWithImage(desk: FaultDesk): Promise<void> {
  return comeAndGo(desk, async () => {
    const from = desk.facts.all.length
    const version = `7.0.${desk.next()}`
    await desk.registry.push('shop/guest', version, { files: { version } })
    await desk.facts.until('image.considered', from, ofGuest)
  })
}

/** A revision that is not there is told. */
async function miss(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  await desk.declare('missing', { path: 'aside', targetRevision: `missing-${desk.next()}` })
  await condition(desk.driver, 'missing', 'ComparisonError', 60_000)
  await desk.facts.until('revision.unresolved', from)
  await desk.undeclare('missing')
  await desk.facts.until('application.removed', from)
}

/** A source that can not be rendered is told, and mended. */
async function breakSource(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  await desk.push('broken', { 'app/c.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: [${desk.next()}\n` })
  await condition(desk.driver, 'broken', 'ComparisonError', 60_000)
  await desk.facts.until('release.failed', from)
  await desk.push('broken', { 'app/c.yaml': configMap('broken', String(desk.next())) })
}

/** A chart is rendered by a process of its own. */
async function renderChart(desk: FaultDesk): Promise<void> {
  await desk.push('chart', { 'app/values.yaml': `round: "${desk.next()}"\n` })
}

/** An image is pushed, written to git as one commit, and rolled out. */
async function pushImage(desk: FaultDesk): Promise<void> {
  desk.expectChanges('imaged')
  const version = `1.0.${desk.next()}`
  await desk.registry.push('shop/imaged', version, { files: { version } })
  await desk.expectCommit('imaged')
  const image = `${desk.registry.access.host}/shop/imaged:${version}`
  const runs = (one: unknown): boolean => valueAt(one, 'spec.template.spec.containers.0.image') === image
  await desk.driver.hub.watchUntil('apps/v1/Deployment', 'default/imaged', runs, 60_000)
}

/** The host of the repository refuses what the mesh commits, until it is let. */
async function refuse(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  const allow = desk.forbidPushes('imaged')
  const version = `1.0.${desk.next()}`
  await desk.registry.push('shop/imaged', version, { files: { version } })
  await desk.facts.until('image.considered', from, (data) => valueAt(data, 'outcome') === 'failed')
  allow()
  await pushImage(desk)
}

/** A registry has no time, and then it has. */
async function keepWaiting(desk: FaultDesk): Promise<void> {
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
async function moveTag(desk: FaultDesk): Promise<void> {
  const from = desk.facts.all.length
  const digest = await desk.registry.push('shop/loose', 'latest', { files: { version: String(desk.next()) } })
  for (const fact of ['tag.moved', 'image.built'])
    await desk.facts.until(fact, from, (data) => JSON.stringify(data).includes(digest))
}

/** Somebody goes back to the release before, and lets it go on. */
async function rollBack(desk: FaultDesk): Promise<void> {
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
async function stop(desk: FaultDesk): Promise<void> {
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
async function changeCluster(desk: FaultDesk): Promise<void> {
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
async function restart(desk: FaultDesk): Promise<void> {
  desk.mesh.mesh.kill('syncmaster', 'SIGTERM')
  await push(desk)
}

const around = (point: string): string[] => [`${point}/before`, `${point}/after`]
const after = (prefix: string, ...names: string[]): string[] => names.map((name) => `${prefix}/${name}/after`)
const facts = (service: string, ...names: string[]): string[] =>
  names.flatMap((fact) => around(`${service}/fact/${fact}`))

/** What is played, and for which points. */
export const scenarios: readonly Scenario[] = [
  {
    play: push,
    points: [
      ...facts('codesource', 'delivery.received', 'revision.observed'),
      ...after('codesource/handled', 'delivery.received'),
      ...after('codesource/record', 'DELIVERIES', 'REVISIONS'),
      ...after('codesource/git', 'fetch'),
      ...after('codesource/wait', 'repositories'),
      ...facts('chartstore', 'release.rendered'),
      ...after('chartstore/handled', 'revision.observed'),
      ...around('chartstore/blob/MANIFESTS'),
      ...after('chartstore/record', 'RELEASES'),
      ...after('chartstore/wait', 'render'),
      ...facts('syncmaster', 'sync.planned', 'sync.started', 'sync.finished'),
      ...after('syncmaster/handled', 'release.rendered', 'health.changed'),
      ...after('syncmaster/record', 'APPLIED', 'DECISIONS'),
      ...after('syncmaster/object', 'apply'),
      ...after('syncmaster/application', 'patch'),
      ...facts('accesspoint', 'access.recorded'),
      ...around('accesspoint/cluster/patch'),
      ...around('accesspoint/cluster/post'),
      ...after('accesspoint/audit', 'segment', 'cursor'),
      ...facts('insighthub', 'health.changed'),
      ...after('insighthub/record', 'HEALTH'),
      ...after('insighthub/index', 'write'),
    ],
  },
  { play: drift, points: facts('syncmaster', 'drift.detected', 'drift.repaired') },
  {
    play: prune,
    points: [
      ...around('accesspoint/cluster/delete'),
      ...after('syncmaster/object', 'delete'),
      ...after('syncmaster/removal', 'APPLIED'),
    ],
  },
  {
    play: (desk) => comeAndGo(desk),
    points: [
      ...facts('syncmaster', 'application.declared', 'application.removed'),
      ...after('syncmaster/record', 'APPLICATIONS'),
      ...after('syncmaster/removal', 'APPLICATIONS', 'DECISIONS'),
      ...after('codesource/handled', 'application.declared', 'application.removed'),
      ...after('chartstore/handled', 'application.declared', 'application.removed'),
      ...after('chartstore/removal', 'RELEASES'),
      ...after('insighthub/removal', 'HEALTH'),
      ...after('syncmaster/wait', 'reconcile'),
    ],
  },
  {
    play: comeAndGoWithImage,
    points: [
      'chartstore/removal/IMAGEDECISIONS/after',
      'chartstore/wait/images/after',
      'codesource/registry/tags/after',
    ],
  },
  {
    play: miss,
    points: [...facts('codesource', 'revision.unresolved'), ...after('chartstore/handled', 'revision.unresolved')],
  },
  {
    play: breakSource,
    points: [...facts('chartstore', 'release.failed'), ...after('syncmaster/handled', 'release.failed')],
  },
  { play: renderChart, points: after('chartstore/render', 'host') },
  {
    play: pushImage,
    points: [
      ...facts('codesource', 'image.built', 'commit.pushed'),
      ...after('codesource/record', 'PUSHES', 'IMAGES', 'COMMITS'),
      ...after('codesource/git', 'objects'),
      ...around('codesource/git/push'),
      ...facts('chartstore', 'image.considered'),
      ...after('chartstore/handled', 'image.built'),
      ...after('chartstore/record', 'IMAGEDECISIONS'),
    ],
  },
  { play: refuse, points: after('codesource/removal', 'COMMITS') },
  { play: keepWaiting, points: after('codesource/wait', 'images') },
  { play: moveTag, points: [...facts('codesource', 'tag.moved'), ...after('codesource/registry', 'tag')] },
  { play: rollBack, points: facts('syncmaster', 'rollback.started', 'rollback.finished') },
  {
    play: stop,
    points: [
      ...facts('accesspoint', 'stop.raised', 'stop.lifted'),
      ...after('accesspoint/record', 'STOPS'),
      ...after('accesspoint/removal', 'STOPS'),
    ],
  },
  {
    play: changeCluster,
    points: [
      ...facts('accesspoint', 'cluster.reachable', 'cluster.unreachable'),
      ...after('accesspoint/record', 'CLUSTERS'),
      ...after('accesspoint/removal', 'CLUSTERS'),
      ...after('syncmaster/handled', 'cluster.reachable'),
    ],
  },
  { play: restart, points: [...after('syncmaster/record', 'LEASES'), ...after('syncmaster/removal', 'LEASES')] },
]
