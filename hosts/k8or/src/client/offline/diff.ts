import type { OfflineContext } from '../context'
import { CommandError, exitCodes, type ExitCode } from '../errors'
import { readObject } from './read-documents'

interface DiffFlags {
  readonly live: string
  readonly desired: string
}

interface KubeObject extends Record<string, unknown> {
  apiVersion: string
  kind: string
  metadata: { name: string }
}

/** `k8or diff`: the fields that the desired object names and the live one has otherwise. */
export async function diffFiles({ answer }: OfflineContext, { live, desired }: DiffFlags): Promise<ExitCode> {
  const { diffFields, formatPath, maskSecrets } = await import('@k8or/syncmaster/domain')
  const states = [checked(await readObject(live), live), checked(await readObject(desired), desired)]
  const [before, after] = maskSecrets(states)
  const fields = diffFields(before, after).map(({ path, live: is, desired: wanted }) => ({
    path: formatPath(path),
    live: is ?? null,
    desired: wanted ?? null,
  }))
  await answer({
    data: { different: fields.length > 0, fields },
    names: () => fields.map(({ path }) => path),
    table: ({ colors }) =>
      fields.length === 0
        ? 'no differences'
        : fields
            .map(({ path, live: is, desired: wanted }) =>
              [path, colors.red(`  - ${JSON.stringify(is)}`), colors.green(`  + ${JSON.stringify(wanted)}`)].join('\n'),
            )
            .join('\n'),
  })
  return fields.length === 0 ? exitCodes.fine : exitCodes.no
}

function checked(object: Record<string, unknown>, file: string): KubeObject {
  const { apiVersion, kind, metadata } = object
  const isObject =
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata === 'object' && metadata !== null
  if (!isObject)
    throw new CommandError(`${file} holds no Kubernetes object`, 'an object needs apiVersion, kind and metadata')
  return object as KubeObject
}
