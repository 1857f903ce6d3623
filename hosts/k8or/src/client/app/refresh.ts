import { toJson } from '@bufbuild/protobuf'
import {
  Applications,
  RefreshResponseSchema,
  type RefreshResponse,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import { exitCodes, type ExitCode } from '../errors'
import type { Answer } from '../output/answer'
import { shortRevision } from '../output/words'
import { parseApplicationName } from './application-name'

/** `k8or app refresh` */
export async function refreshApplication(
  { mesh, answer }: Context,
  { hard = false }: { hard?: boolean },
  name: string,
): Promise<ExitCode> {
  const response = await mesh.call(Applications.method.refresh, { name: parseApplicationName(name), hard })
  await answer(refreshAnswer(response, name))
  return response.problems.length === 0 ? exitCodes.fine : exitCodes.no
}

/** What a look at the sources found. */
export function refreshAnswer(response: RefreshResponse, name: string): Answer {
  const { release, isNew, revisions, problems } = response
  const at = `release ${release} at ${revisions.map(shortRevision).join(', ')}`
  return {
    data: toJson(RefreshResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => [name],
    table: () => {
      if (problems.length > 0) return `${name} can not be rendered: ${problems.join('; ')}`
      return isNew ? `${name} has a new ${at}` : `${name} is as it was, ${at}`
    },
  }
}
