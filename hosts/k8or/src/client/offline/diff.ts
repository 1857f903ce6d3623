import { diffFields, formatPath, maskSecrets } from '@k8or/kube-objects'
import type { OfflineContext } from '../context'
import { exitCodes, type ExitCode } from '../errors'
import { checkedObject } from './checked-object'
import { readObject } from './read-documents'

interface DiffFlags {
  readonly live: string
  readonly desired: string
}

/** `k8or diff`: the fields that the desired object names and the live one has otherwise. */
export async function diffFiles({ answer }: OfflineContext, { live, desired }: DiffFlags): Promise<ExitCode> {
  const states = [checkedObject(await readObject(live), live), checkedObject(await readObject(desired), desired)]
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
