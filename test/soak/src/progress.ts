import type { Account } from './account'
import type { Sample } from './growth'
import type { Kill } from './kills'

/** How far a soak is, in a line. */
export function formatProgress(
  seconds: number,
  accounts: readonly Account[],
  samples: readonly Sample[],
  kills: readonly Kill[],
): string {
  const pushes = accounts.flatMap((account) => account.pushes)
  const drifts = accounts.flatMap((account) => account.drifts)
  const count = (fate: string): string => String(pushes.filter((push) => push.fate === fate).length)
  const back = drifts.filter(({ afterMs }) => afterMs !== undefined).length
  const memory = samples.reduce((sum, { proportionalMiB }) => sum + proportionalMiB, 0)
  const descriptors = samples.reduce((sum, sample) => sum + sample.descriptors.length, 0)
  return [
    `${clock(seconds)}  ${String(pushes.length)} pushed: ${count('applied')} applied, ${count('superseded')} superseded, ${count('missing')} on the way`,
    `${String(drifts.length)} drifts, ${String(back)} put back`,
    `${memory.toFixed(0)} MiB, ${String(descriptors)} descriptors`,
    `${String(kills.length)} kills${kills.length > 0 ? `, the last ${kills.at(-1)?.process ?? ''}` : ''}`,
  ].join('; ')
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds)
  return `${String(Math.floor(whole / 60)).padStart(3)}:${String(whole % 60).padStart(2, '0')}`
}
