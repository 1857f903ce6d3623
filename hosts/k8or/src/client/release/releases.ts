import { toJson } from '@bufbuild/protobuf'
import {
  DiffReleasesResponseSchema,
  ListReleasesResponseSchema,
  Releases,
  type DiffReleasesResponse,
  type ListReleasesResponse,
} from '@k8or/contracts/rpc/chartstore/v1/releases'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { parseApplicationName } from '../app/application-name'
import type { Context } from '../context'
import { CommandError, exitCodes, type ExitCode } from '../errors'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatTime, shortRevision } from '../output/words'
import { describeChanges } from './describe-changes'

/** `k8or release list` */
export async function listReleases(context: Context, { limit }: { limit: string }, name: string): Promise<undefined> {
  const asked = { applicationUid: await uidOf(context, name), limit: Number(numberOf(limit)) }
  await context.answer(releasesAnswer(await context.mesh.call(Releases.method.listReleases, asked)))
}

/** `k8or release diff` */
export async function diffReleases(
  context: Context,
  _: object,
  name: string,
  from: string,
  to: string,
): Promise<ExitCode> {
  const asked = { applicationUid: await uidOf(context, name), from: numberOf(from), to: numberOf(to) }
  const response = await context.mesh.call(Releases.method.diffReleases, asked)
  await context.answer(releaseDiffAnswer(response))
  return response.objects.length === 0 ? exitCodes.fine : exitCodes.no
}

async function uidOf({ mesh }: Context, name: string): Promise<string> {
  const { application } = await mesh.call(Applications.method.get, { name: parseApplicationName(name) })
  return application?.uid ?? ''
}

function numberOf(text: string): bigint {
  if (/^\d{1,15}$/.test(text)) return BigInt(text)
  throw new CommandError(`"${text}" is no number of a release`, 'see `k8or release list`')
}

/** A line per release that is kept, the newest first. */
export function releasesAnswer(response: ListReleasesResponse): Answer {
  const { releases } = response
  return {
    data: toJson(ListReleasesResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => releases.map(({ number }) => String(number)),
    table: () =>
      releases.length === 0
        ? 'no release is kept'
        : formatTable(
            ['RELEASE', 'RENDERED', 'REVISION', 'OBJECTS', 'IMAGES'],
            releases.map(({ number, renderedAt, sources, objects, images }) => [
              String(number),
              formatTime(renderedAt),
              sources.map(({ revision }) => shortRevision(revision)).join(', '),
              String(objects),
              images.join(', '),
            ]),
          ),
  }
}

/** What changed from one release to another, images first. */
export function releaseDiffAnswer(response: DiffReleasesResponse): Answer {
  const { objects } = response
  return {
    data: toJson(DiffReleasesResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => objects.map(({ kind, name }) => `${kind} ${name}`),
    table: ({ colors }) => describeChanges(objects, colors),
  }
}
