/** One line for a finished step: `✔ types   1.4 s`. */
export function formatResult({ name, passed, seconds, reason }) {
  const line = `${passed ? '✔' : '✘'} ${name.padEnd(14)} ${seconds.toFixed(1).padStart(5)} s`
  return passed ? line : `${line}  ${reason}`
}

/** What the failed steps said, and the verdict in the last line. */
export function formatReport(results, seconds) {
  const failed = results.filter(({ passed }) => !passed)
  const details = failed.map(({ name, output }) => `\n── ${name} ──\n${output}\n`)
  const names = failed.map(({ name }) => name).join(', ')
  const verdict =
    failed.length === 0
      ? `all ${results.length} checks passed`
      : `${failed.length} of ${results.length} checks failed: ${names}`
  return [...details, `${verdict} in ${seconds.toFixed(1)} s`].join('\n')
}
