import { faultPoints as accesspoint } from '@k8or/accesspoint/fault-points'
import { faultPoints as chartstore } from '@k8or/chartstore/fault-points'
import { faultPoints as codesource } from '@k8or/codesource/fault-points'
import { faultPoints as insighthub } from '@k8or/insighthub/fault-points'
import { busFaultPoints } from '@k8or/jetstream'
import { faultPoints as syncmaster } from '@k8or/syncmaster/fault-points'

/** Every point at which a service can be killed. */
export function catalogue(): string[] {
  return [...busFaultPoints(), ...accesspoint, ...chartstore, ...codesource, ...insighthub, ...syncmaster]
}

/** The service that passes a point. */
function serviceOf(point: string): string {
  return point.slice(0, point.indexOf('/'))
}

/** One service after the other, each spread over the whole: who is killed twice in a row is kept waiting before it is started again. */
export function inTurn(points: readonly string[]): string[] {
  const spread = [...Map.groupBy(points, serviceOf).values()].flatMap((own) =>
    own.map((point, index) => ({ point, at: (index + 0.5) / own.length })),
  )
  return spread.toSorted((one, other) => one.at - other.at).map(({ point }) => point)
}
