import Table from 'cli-table3'
import type { ComparedRow, Line } from './scenario'

/** The rows of the design's table: what Argo CD 3.6 took on a machine of this size, and what is asked of the mesh. */
const rows: Readonly<Record<ComparedRow, Row>> = {
  push: {
    work: 'webhook to object changed, 1 application',
    floor: '49 ms',
    argo: '466 ms',
    asked: '150 ms',
    end: '75 ms',
  },
  monorepo: {
    work: 'push that touches one of 500 applications',
    floor: '50 ms',
    argo: '15.8 s',
    asked: '200 ms',
    end: '100 ms',
  },
  'monorepo-processor': { work: '  its processor time', floor: '', argo: '12 s', asked: '', end: '0.1 s' },
  drift: { work: 'drift repaired', floor: '10 ms', argo: '0.43 s, then 16 to 52 s', asked: '100 ms', end: '50 ms' },
  created: { work: '500 new applications, all Synced', floor: '5 s', argo: '88 s', asked: '25 s', end: '10 s' },
  memory: {
    work: 'resident memory with 500 applications',
    floor: '',
    argo: '500 to 720 MiB',
    asked: '400 MiB',
    end: '250 MiB',
  },
  processor: { work: 'processor time per deployment', floor: '0.03 s', argo: '0.7 s', asked: '0.2 s', end: '0.05 s' },
}

interface Row {
  readonly work: string
  /** The least that it takes: a plain fetch and one apply. */
  readonly floor: string
  readonly argo: string
  readonly asked: string
  readonly end: string
}

/** The design's table with the medians of this run; Argo CD's figures were measured before, on another machine of this size. */
export function formatComparison(lines: readonly Line[]): string {
  const table = new Table({
    head: ['work', 'floor', 'Argo CD', 'ours', 'asked', 'in the end'],
    style: { head: [], border: [] },
  })
  for (const { row, summary, unit } of lines) {
    if (!row) continue
    const { work, floor, argo, asked, end } = rows[row]
    table.push([work, floor, argo, `${summary.p50.toFixed(summary.p50 < 10 ? 2 : 0)} ${unit}`, asked, end])
  }
  return table.toString()
}
