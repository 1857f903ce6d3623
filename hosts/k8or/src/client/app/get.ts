import { toJson } from '@bufbuild/protobuf'
import {
  Applications,
  GetResponseSchema,
  type Application,
  type GetResponse,
  type ObjectResult,
  type Resource,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatFields, formatTable } from '../output/table'
import { colored, formatTime, kindOf, nameOf, shortRevision } from '../output/words'
import type { Colors } from '../terminal'
import { describeHold } from './hold'
import { formatApplicationName, parseApplicationName } from './application-name'

/** `k8or app get` */
export async function getApplication({ mesh, answer }: Context, _: object, name: string): Promise<undefined> {
  await answer(applicationAnswer(await mesh.call(Applications.method.get, { name: parseApplicationName(name) })))
}

/** One application with its conditions and objects. */
export function applicationAnswer(response: GetResponse): Answer {
  const { application, resources, results } = response
  return {
    data: toJson(GetResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => [formatApplicationName(application?.name)],
    table: ({ colors }) =>
      [
        application && describe(application, colors),
        application && conditions(application, colors),
        objects(resources, results, colors),
      ]
        .filter(Boolean)
        .join('\n\n'),
  }
}

function describe(application: Application, colors: Colors): string {
  const { syncStatus, healthStatus, healthMessage, phase, message, sources, release } = application
  const policy = application.automated ? 'automated' : 'manual'
  return formatFields([
    ['Name', formatApplicationName(application.name)],
    ['Project', application.project],
    ['Destination', [application.destination, application.destinationNamespace].filter(Boolean).join(' / ')],
    ...sources.map(({ repoUrl, path, targetRevision }): [string, string] => [
      'Source',
      [repoUrl, path, targetRevision].filter(Boolean).join('  '),
    ]),
    ['Sync policy', policy],
    ...(application.hold ? [['Hold', colors.yellow(describeHold(application.hold))] as [string, string]] : []),
    ['Release', release === 0n ? '' : `${release} at ${shortRevision(application.revision)}`],
    ['Sync', colored(syncStatus, colors)],
    ['Health', [colored(healthStatus, colors), healthMessage].filter(Boolean).join(': ')],
    [
      'Last operation',
      [colored(phase, colors), message, formatTime(application.operationFinishedAt)].filter(Boolean).join('  '),
    ],
  ])
}

function conditions({ conditions: all }: Application, colors: Colors): string {
  if (all.length === 0) return ''
  const rows = all.map(({ type, lastTransitionTime, message }) => [
    colors.red(type),
    formatTime(lastTransitionTime),
    message,
  ])
  return formatTable(['CONDITION', 'SINCE', 'MESSAGE'], rows)
}

function objects(resources: readonly Resource[], results: readonly ObjectResult[], colors: Colors): string {
  if (resources.length === 0) return 'no objects'
  const rows = resources.map((resource) => [
    kindOf(resource),
    nameOf(resource),
    colored(resource.syncStatus, colors) + (resource.requiresPruning ? ' (to be pruned)' : ''),
    colored(resource.healthStatus, colors),
    [failureOf(resource, results), resource.healthMessage].filter(Boolean).join('; '),
  ])
  return formatTable(['KIND', 'NAME', 'SYNC', 'HEALTH', 'MESSAGE'], rows)
}

/** Why the newest operation could not do what it should; of what is in sync by now nobody wants to know. */
function failureOf({ syncStatus, ...ref }: Resource, results: readonly ObjectResult[]): string {
  if (syncStatus === 'Synced') return ''
  const isIt = ({ group, kind, namespace, name, status }: ObjectResult): boolean =>
    status === 'SyncFailed' && kindOf({ group, kind }) === kindOf(ref) && nameOf({ namespace, name }) === nameOf(ref)
  return results.find(isIt)?.message ?? ''
}
