/** How long to wait before a process that has ended is started again: from 100 ms, doubled, to 5 s. */
export function restartDelay(failures: number): number {
  return Math.min(5_000, 100 * 2 ** Math.max(0, failures - 1))
}

/** Failures in a row after one more end: a process that ran for three seconds starts afresh. */
export function failuresAfter(failures: number, ranMs: number): number {
  return ranMs >= 3_000 ? 1 : failures + 1
}
