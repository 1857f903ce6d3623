import Table from 'cli-table3'
import type { Line } from './scenario'

// Of fewer runs a median says little and a 95th percentile nothing.
const fewestRuns = 30

/** The figures as a table, with the target beside them and whether it is met; what is no figure says so. */
export function formatLines(lines: readonly Line[]): string {
  const table = new Table({
    head: ['what', 'runs', 'min', 'p50', 'p95', 'max', 'target', ''],
    style: { head: [], border: [] },
  })
  for (const line of lines) table.push(rowOf(line))
  return table.toString()
}

function rowOf({ what, unit, summary, target, isOnce }: Line): string[] {
  const shown = (figure: number) => `${figure < 10 ? figure.toFixed(2) : figure.toFixed(0)} ${unit}`
  const { runs, min, p50, p95, max } = summary
  return [
    what,
    String(runs),
    shown(min),
    shown(p50),
    shown(p95),
    shown(max),
    targetText(target),
    summary.runs < fewestRuns && !isOnce ? `n=${runs}, below ${fewestRuns}: not a figure` : verdict(summary, target),
  ]
}

function targetText(target: Line['target']): string {
  if (!target) return ''
  return target.p95 === undefined ? `p50 <= ${target.p50}` : `p50 <= ${target.p50}, p95 <= ${target.p95}`
}

function verdict(summary: Line['summary'], target: Line['target']): string {
  if (!target) return ''
  return summary.p50 <= target.p50 && summary.p95 <= (target.p95 ?? Infinity) ? 'met' : 'MISSED'
}
