import type { Drift } from '@k8or/contracts/rpc/insighthub/v1/traces'
import { formatTable } from '../output/table'
import { formatDuration, formatTime, kindOf, nameOf } from '../output/words'

const fewFields = 3

/** What drifted after a deployment, a line each; nothing where nothing did. */
export function driftLines(drifts: readonly Drift[]): string[] {
  if (drifts.length === 0) return []
  return ['', formatTable(['DRIFT SEEN', 'KIND', 'NAME', 'WHAT', 'PUT BACK'], drifts.map(rowOf))]
}

function rowOf(drift: Drift): string[] {
  return [formatTime(drift.seenAt), kindOf(drift), nameOf(drift), whatOf(drift), repairOf(drift)]
}

function whatOf({ how, fields, manager }: Drift): string {
  const more = fields.length > fewFields ? ` and ${fields.length - fewFields} more` : ''
  const which = fields.length > 0 ? `${fields.slice(0, fewFields).join(', ')}${more} ` : ''
  return `${which}${how}${manager === '' ? '' : ` by ${manager}`}`
}

function repairOf({ seenAt, repairedAt }: Drift): string {
  if (repairedAt === '') return 'no'
  return `after ${formatDuration(Date.parse(repairedAt) - Date.parse(seenAt))}`
}
