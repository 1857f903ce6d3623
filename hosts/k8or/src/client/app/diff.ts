import { toJson } from '@bufbuild/protobuf'
import {
  Applications,
  DiffResponseSchema,
  type DiffResponse,
  type ObjectDiff,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import { exitCodes, type ExitCode } from '../errors'
import type { Answer } from '../output/answer'
import { kindOf, nameOf } from '../output/words'
import type { Colors } from '../terminal'
import { parseApplicationName } from './application-name'

export interface DiffFlags {
  readonly prune?: boolean
}

/** `k8or app diff` */
export async function diffApplication(
  { mesh, answer }: Context,
  { prune = false }: DiffFlags,
  name: string,
): Promise<ExitCode> {
  const response = await mesh.call(Applications.method.diff, { name: parseApplicationName(name), prune })
  await answer(diffAnswer(response))
  return changedOf(response).length === 0 ? exitCodes.fine : exitCodes.no
}

/** What a sync would do, object by object. */
export function diffAnswer(response: DiffResponse): Answer {
  const changed = changedOf(response)
  return {
    data: toJson(DiffResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => changed.map(({ resource }) => (resource ? `${kindOf(resource)} ${nameOf(resource)}` : '')),
    table: ({ colors }) => describeDiffs(response.objects, colors),
  }
}

/** What would change, object by object. */
export function describeDiffs(objects: readonly ObjectDiff[], colors: Colors): string {
  const changed = changedOf({ objects })
  return changed.length === 0 ? 'no differences' : changed.map((diff) => describe(diff, colors)).join('\n\n')
}

function changedOf({ objects }: { readonly objects: readonly ObjectDiff[] }): ObjectDiff[] {
  return objects.filter(({ change }) => change !== 'unchanged')
}

function describe({ resource, change, fields, reason }: ObjectDiff, colors: Colors): string {
  const title = colors.bold(`${change} ${resource ? `${kindOf(resource)} ${nameOf(resource)}` : ''}`)
  const notes = [reason, resource?.healthMessage ?? ''].filter(Boolean).map((note) => `  ${note}`)
  const lines = fields.flatMap(({ path, live, desired, manager }) => [
    `  ${path}${manager === '' ? '' : colors.dim(`  (taken by ${manager})`)}`,
    ...(live === '' ? [] : [colors.red(`    - ${live}`)]),
    ...(desired === '' ? [] : [colors.green(`    + ${desired}`)]),
  ])
  return [title, ...notes, ...lines].join('\n')
}
