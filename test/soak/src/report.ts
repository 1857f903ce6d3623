import Table from 'cli-table3'
import { summarize } from '../../bench/src/statistics'
import { growthOf, leastDescriptors } from './growth'
import { latencies, type Outcome } from './outcome'

/** What was done and what became of it, how long it took, and what the processes held. */
export function formatOutcome(outcome: Outcome): string {
  return [accountTable(outcome), latencyTable(outcome), processTable(outcome)].join('\n')
}

function accountTable({ pushes, drifts, kills, toldAgain }: Outcome): string {
  const table = tableOf('what', 'count')
  const fated = (fate: string): number => pushes.filter((push) => push.fate === fate).length
  table.push(
    ['deployments pushed', pushes.length],
    ['  applied', fated('applied')],
    ['  superseded by a newer one that was applied', fated('superseded')],
    ['  neither', fated('missing')],
    ['changes by hand', drifts.length],
    ['  put back', drifts.filter(({ afterMs }) => afterMs !== undefined).length],
    ['kills', kills.length],
    ['webhooks told again because nobody answered', toldAgain],
  )
  return table.toString()
}

function latencyTable(outcome: Outcome): string {
  const table = tableOf('how long', 'runs', 'p50', 'p95', 'max')
  const { calm, kills } = latencies(outcome)
  const drifts = outcome.drifts.flatMap(({ afterMs }) => afterMs ?? [])
  for (const [what, times] of [
    ['push to applied, in the calm', calm],
    ['push to applied, within 10 s of a kill', kills],
    ['change by hand to put back', drifts],
  ] as const)
    table.push(latencyRow(what, times))
  return table.toString()
}

function latencyRow(what: string, times: readonly number[]): string[] {
  if (times.length === 0) return [what, '0', '', '', '']
  const { runs, p50, p95, max } = summarize(times)
  return [what, String(runs), ...[p50, p95, max].map((ms) => `${ms.toFixed(0)} ms`)]
}

function processTable({ secondHalf, rests, kills }: Outcome): string {
  const head = [
    'process',
    'killed',
    'memory',
    'over',
    'growth an hour',
    'limit',
    'descriptors at rest',
    'and at the end',
  ]
  const table = tableOf(...head)
  const [before, after] = rests.map(leastDescriptors)
  const growths = new Map(growthOf(secondHalf).map((growth) => [growth.process, growth]))
  for (const [process, held] of after ?? []) {
    const growth = growths.get(process)
    table.push([
      process,
      kills.filter((kill) => kill.process === process).length,
      growth ? `${growth.fromMiB.toFixed(0)} to ${growth.toMiB.toFixed(0)} MiB` : 'lived too short',
      growth ? `${growth.spanSeconds.toFixed(0)} s` : '',
      growth ? `${growth.perHourMiB.toFixed(0)} MiB` : '',
      growth ? `${growth.limitPerHourMiB.toFixed(0)} MiB` : '',
      before?.get(process)?.length ?? '',
      held.length,
    ])
  }
  return table.toString()
}

function tableOf(...head: string[]) {
  return new Table({ head, style: { head: [], border: [] } })
}
