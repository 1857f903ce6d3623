import { revisionKey } from '@k8or/contracts'
import type { Revisions } from '../ports'

/** Whether every target revision of a repository resolves. */
export async function allResolve(
  revisions: Pick<Revisions, 'get'>,
  token: string,
  targets: readonly string[],
): Promise<boolean> {
  const rows = await Promise.all(targets.map((target) => revisions.get(revisionKey(token, target))))
  return rows.every((row) => row?.value.problem === null)
}
