// Loaded before each spec by tools/fuzz.mjs: properties run for a time instead of a number of cases, from one seed, and tell how many.
const fc = require('fast-check')

const { K8OR_FUZZ_MS, K8OR_FUZZ_SEED } = process.env
const mostRuns = 2 ** 31 - 1
let begun = performance.now()

globalThis.beforeEach(() => {
  begun = performance.now()
})

function report(details) {
  const { currentTestName } = globalThis.expect.getState()
  const seconds = (performance.now() - begun) / 1000
  const perSecond = Math.round(details.numRuns / seconds)
  const mark = details.failed ? 'FAILED after ' : ''
  process.stderr.write(`${mark}${details.numRuns} cases, ${perSecond} per second: ${currentTestName}\n`)
  begun = performance.now()
  if (details.failed) throw new Error(fc.defaultReportMessage(details))
}

fc.configureGlobal({
  ...{ seed: Number(K8OR_FUZZ_SEED), numRuns: mostRuns, interruptAfterTimeLimit: Number(K8OR_FUZZ_MS) },
  ...{ markInterruptAsFailure: false, reporter: report },
})
