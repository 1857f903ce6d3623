import { revisionKey } from '@k8or/contracts'
import type { Revisions } from '../ports'

/** Whether a declaration makes it worth asking the host: the revision is not known, or in trouble. */
export async function needsLook(revisions: Revisions, token: string, target: string): Promise<boolean> {
  const row = await revisions.get(revisionKey(token, target))
  return !row?.value.followed || row.value.problem !== null
}
