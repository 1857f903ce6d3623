import { toJson } from '@bufbuild/protobuf'
import { ApplicationSchema, Applications, type Application } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { colored, shortRevision } from '../output/words'
import { formatApplicationName } from './application-name'

/** `k8or app list` */
export async function listApplications(
  { mesh, answer }: Context,
  { project = '' }: { project?: string },
): Promise<undefined> {
  const { applications } = await mesh.call(Applications.method.list, { project })
  await answer(applicationsAnswer(applications))
}

/** A hold or a suspension must be seen where one looks first. */
function holdMark({ hold }: Application): string {
  if (!hold) return ''
  return hold.kind === 'suspend' ? ' (suspended)' : ' (held)'
}

/** A line per application. */
export function applicationsAnswer(applications: readonly Application[]): Answer {
  return {
    data: applications.map((application) => toJson(ApplicationSchema, application, { alwaysEmitImplicit: true })),
    names: () => applications.map(({ name }) => formatApplicationName(name)),
    table: ({ isWide, colors }) => {
      const names = ['NAME', 'PROJECT', 'SYNC', 'HEALTH', 'REVISION', 'DESTINATION']
      const rows = applications.map((application) => [
        formatApplicationName(application.name),
        application.project,
        colored(application.syncStatus, colors) + holdMark(application),
        colored(application.healthStatus, colors),
        shortRevision(application.revision),
        [application.destination, application.destinationNamespace].filter(Boolean).join(' / '),
        ...(isWide
          ? [application.release === 0n ? '' : String(application.release), application.phase, application.message]
          : []),
      ])
      return formatTable(isWide ? [...names, 'RELEASE', 'PHASE', 'MESSAGE'] : names, rows)
    },
  }
}
