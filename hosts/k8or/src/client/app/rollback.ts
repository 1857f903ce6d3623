import { toJson } from '@bufbuild/protobuf'
import {
  Applications,
  RollbackResponseSchema,
  type RollbackResponse,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import { CommandError, type ExitCode } from '../errors'
import type { Answer } from '../output/answer'
import { shortRevision } from '../output/words'
import { parseApplicationName } from './application-name'
import { describeDiffs } from './diff'
import { parseTimeout, waitUntil } from './wait'

export interface RollbackFlags {
  readonly release?: string
  readonly reason?: string
  readonly prune?: boolean
  readonly dryRun?: boolean
  readonly git?: boolean
  readonly wait?: boolean
  readonly timeout: string
}

/** `k8or app rollback` */
export async function rollBack(
  context: Context,
  flags: RollbackFlags,
  name: string,
  id?: string,
): Promise<ExitCode | undefined> {
  const { reason = '', prune = false, dryRun = false, git = false } = flags
  const timeoutMs = parseTimeout(flags.timeout)
  const request = { name: parseApplicationName(name), ...whichOf(flags, id), reason, prune, dryRun, git }
  const response = await context.mesh.call(Applications.method.rollback, request)
  // That it is held keeps it from being Synced: the newest release waits.
  const goal = { health: true, sync: false, operationSince: response.requestedAt }
  if (flags.wait === true && !dryRun) return waitUntil(context, name, goal, timeoutMs)
  await context.answer(rollbackAnswer(response, name, dryRun))
  return undefined
}

function whichOf({ release }: RollbackFlags, id: string | undefined): { release?: bigint; historyId?: bigint } {
  if (release !== undefined && id !== undefined)
    throw new CommandError('name one release', 'by the id of its history entry, or by --release')
  return {
    ...(release === undefined ? {} : { release: numberOf(release, '--release') }),
    ...(id === undefined ? {} : { historyId: numberOf(id, 'the history id') }),
  }
}

function numberOf(text: string, what: string): bigint {
  if (!/^\d{1,15}$/.test(text)) throw new CommandError(`${what} "${text}" is no number`, 'see `k8or app history`')
  return BigInt(text)
}

/** Where a rollback leads; of a dry run, what it would change. */
export function rollbackAnswer(response: RollbackResponse, name: string, dryRun: boolean): Answer {
  const { release, from, endsRunning, objects, commits } = response
  const way = `release ${release}, from ${from}`
  return {
    data: toJson(RollbackResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => [name],
    table: ({ colors }) => {
      if (dryRun) return `${name} would go back to ${way}\n\n${describeDiffs(objects, colors)}`
      const first = endsRunning ? '; the sync that runs is ended first' : ''
      const end =
        commits.length === 0
          ? `\`k8or app resume ${name}\``
          : `its revert in git (${commits.map(shortRevision).join(', ')}) is rendered`
      return `${name} goes back to ${way}${first}\nit is held there until ${end}`
    },
  }
}
