import { toJson } from '@bufbuild/protobuf'
import { StopSchema, Stops, type Stop } from '@k8or/contracts/rpc/accesspoint/v1/stops'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatTime } from '../output/words'

interface Scope {
  readonly cluster?: string
  readonly reason: string
}

/** `k8or emergency-stop raise` */
export async function raiseStop({ mesh, answer }: Context, { cluster = '', reason }: Scope): Promise<undefined> {
  const { stop } = await mesh.call(Stops.method.raise, { cluster, reason })
  await answer(stopsAnswer(stop ? [stop] : [], 'stands still'))
}

/** `k8or emergency-stop lift` */
export async function liftStop({ mesh, answer }: Context, { cluster = '', reason }: Scope): Promise<undefined> {
  const { stop } = await mesh.call(Stops.method.lift, { cluster, reason })
  await answer(stopsAnswer(stop ? [stop] : [], 'goes on'))
}

/** `k8or emergency-stop list` */
export async function listStops({ mesh, answer }: Context): Promise<undefined> {
  const { stops } = await mesh.call(Stops.method.list, {})
  await answer(stopsAnswer(stops))
}

/** A line per stop; or, with a word for what it did, that of the one that was raised or lifted. */
export function stopsAnswer(stops: readonly Stop[], done?: string): Answer {
  const [first] = stops
  const isOne = done !== undefined && first !== undefined
  const data = stops.map((stop) => toJson(StopSchema, stop, { alwaysEmitImplicit: true }))
  return {
    data: isOne ? data[0] : data,
    names: () => stops.map(scopeOf),
    table: () => {
      if (isOne) return `${scopeOf(first)} ${done}`
      if (stops.length === 0) return 'no emergency stop stands'
      const rows = stops.map((stop) => [scopeOf(stop), formatTime(stop.since), stop.actor, stop.reason])
      return formatTable(['WHAT', 'SINCE', 'BY', 'REASON'], rows)
    },
  }
}

function scopeOf({ cluster }: Stop): string {
  return cluster === '' ? 'mesh' : `cluster/${cluster}`
}
