import { toJson } from '@bufbuild/protobuf'
import { Applications, HistoryEntrySchema, type HistoryEntry } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatTime, shortRevision } from '../output/words'
import { parseApplicationName } from './application-name'

/** `k8or app history` */
export async function showHistory({ mesh, answer }: Context, _: object, name: string): Promise<undefined> {
  const { entries } = await mesh.call(Applications.method.history, { name: parseApplicationName(name) })
  await answer(historyAnswer(entries))
}

/** A line per sync that succeeded, the newest first. */
export function historyAnswer(entries: readonly HistoryEntry[]): Answer {
  return {
    data: entries.map((entry) => toJson(HistoryEntrySchema, entry, { alwaysEmitImplicit: true })),
    names: () => entries.map(({ id }) => String(id)),
    table: () =>
      formatTable(
        ['ID', 'DEPLOYED', 'RELEASE', 'REVISION', 'BY'],
        entries.map(({ id, deployedAt, release, revision, initiatedBy }) => [
          String(id),
          formatTime(deployedAt),
          release === 0n ? '' : String(release),
          shortRevision(revision),
          initiatedBy,
        ]),
      ),
  }
}
