import type { ReleaseRecord } from '@k8or/contracts'
import { Never } from '@k8or/outcome'
import type { Application } from '../application/application'
import type { Ports } from '../ports'
import { chooseRelease, type WantedRelease } from './choose-release'

/** From which release to which a rollback leads. */
export interface Way {
  readonly from: number
  readonly release: ReleaseRecord
}

/** The release is not kept any more, or never was. */
export class ReleaseNotKeptError extends Never {
  override readonly name = 'ReleaseNotKeptError'
}

/**
 * Finds the release to go back to, and sees that all of it is there: neither git nor a registry will be asked.
 * @throws Never when there is nothing to go back to, ReleaseNotKeptError when it is gone
 */
export async function findRelease(
  { accounts, releases }: Pick<Ports, 'accounts' | 'releases'>,
  { uid, name, status }: Application,
  wanted: WantedRelease,
  signal: AbortSignal,
): Promise<Way> {
  const history = status.history ?? []
  const from = (await accounts.read(uid)).sync?.release ?? history.at(-1)?.release ?? 0
  const release = chooseRelease(wanted, history, from)
  if (typeof release !== 'number') throw new Never(`application ${name} can not go back: ${release.problem}`)
  const record = await releases.get(uid, release)
  if (!record) throw notKept(name, release, await releases.kept(uid, signal))
  await releases.manifests(record, signal)
  return { from, release: record }
}

function notKept(name: string, release: number, kept: readonly number[]): ReleaseNotKeptError {
  const there = kept.length === 0 ? 'none is kept' : `kept are ${kept.join(', ')}`
  return new ReleaseNotKeptError(`application ${name} has no release ${release}: ${there}`)
}
