import {
  Applications,
  type DiffResponse,
  type GetResponse,
  type ObjectResult,
  type Resource,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import { exitCodes, type ExitCode } from '../errors'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { colored, kindOf, nameOf } from '../output/words'
import { parseApplicationName } from './application-name'
import { complain, watchUntil } from './wait'

/** What a dry run is of. */
export interface Rehearsal {
  readonly requestedAt: string
  readonly prune: boolean
  readonly timeoutMs: number
}

/** Waits for the end of a dry run and shows, object by object, what the sync would do and whether that would succeed. */
export async function showRehearsal(context: Context, name: string, rehearsal: Rehearsal): Promise<ExitCode> {
  const { requestedAt, prune, timeoutMs } = rehearsal
  const goal = { health: false, sync: false, operationSince: requestedAt }
  const waited = await watchUntil(context, name, goal, timeoutMs)
  if (waited.response.results.length === 0 && waited.deadEnd !== undefined) return complain(context, name, waited)
  const plan = await context.mesh.call(Applications.method.diff, { name: parseApplicationName(name), prune })
  await context.answer(rehearsalAnswer(waited.response, plan))
  return waited.missing.length > 0 || waited.deadEnd !== undefined ? complain(context, name, waited) : exitCodes.fine
}

/** A line per object that is not as it should be, and how the dry run ended. */
export function rehearsalAnswer({ application, results }: GetResponse, { objects }: DiffResponse): Answer {
  const byName = new Map(results.map((result) => [keyOf(result), result]))
  const lines = objects.flatMap(({ resource, change, reason }) => {
    if (!resource) return []
    const { status, message } = resultOf(byName.get(keyOf(resource)), resource)
    return [
      { kind: kindOf(resource), name: nameOf(resource), action: change, result: status, message: reason || message },
    ]
  })
  const { phase = '', message = '' } = application ?? {}
  return {
    data: { phase, message, objects: lines },
    names: () => lines.map(({ kind, name }) => `${kind} ${name}`),
    table: ({ colors }) => {
      const open = lines.filter(({ action }) => action !== 'unchanged')
      const rows = open.map(({ kind, name, action, result, message: text }) => {
        return [kind, name, action, colored(result, colors), text]
      })
      const table =
        rows.length === 0 ? 'nothing to do' : formatTable(['KIND', 'NAME', 'ACTION', 'RESULT', 'MESSAGE'], rows)
      return `${table}\n\ndry run ${colored(phase, colors)}: ${message}`
    },
  }
}

/** What the dry run said of an object; of what it did not speak of, the comparison does. */
function resultOf(result: ObjectResult | undefined, { healthMessage: problem }: Resource) {
  if (result) return result
  return problem === '' ? { status: '', message: '' } : { status: 'SyncFailed', message: problem }
}

function keyOf({ group, kind, namespace, name }: Pick<Resource, 'group' | 'kind' | 'namespace' | 'name'>): string {
  return [group, kind, namespace, name].join('/')
}
