import type { FaultDesk } from './fault-desk'
import {
  breakSource,
  changeCluster,
  comeAndGo,
  comeAndGoWithImage,
  drift,
  keepWaiting,
  miss,
  moveTag,
  prune,
  push,
  pushImage,
  refuse,
  renderChart,
  restart,
  rollBack,
  stop,
} from './plays'

/** Something that happens to a mesh, from its beginning until all is well again. */
export interface Scenario {
  /** The points for which it is played. It passes others, too. */
  readonly points: readonly string[]
  readonly play: (desk: FaultDesk) => Promise<void>
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
