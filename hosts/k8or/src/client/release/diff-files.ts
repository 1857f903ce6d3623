import { diffSets, formatPath } from '@k8or/kube-objects'
import type { OfflineContext } from '../context'
import { exitCodes, type ExitCode } from '../errors'
import { checkedObject } from '../offline/checked-object'
import { readDocuments } from '../offline/read-documents'
import { describeChanges } from './describe-changes'

/** `k8or diff-releases`: what changed from the objects of one file to those of another. */
export async function diffReleaseFiles(
  { answer }: OfflineContext,
  _: object,
  before: string,
  after: string,
): Promise<ExitCode> {
  const [were, are] = await Promise.all([before, after].map(objectsOf))
  const text = (value: unknown) => (value === undefined ? '' : JSON.stringify(value))
  const objects = diffSets(were ?? [], are ?? []).map(({ ref, change, fields }) => ({
    ...ref,
    change,
    fields: fields.map(({ path, live, desired }) => ({
      path: formatPath(path),
      before: text(live),
      after: text(desired),
    })),
  }))
  await answer({
    data: { different: objects.length > 0, objects },
    names: () => objects.map(({ kind, name }) => `${kind} ${name}`),
    table: ({ colors }) => describeChanges(objects, colors),
  })
  return objects.length === 0 ? exitCodes.fine : exitCodes.no
}

async function objectsOf(file: string) {
  return (await readDocuments(file)).map((object) => checkedObject(object, file))
}
