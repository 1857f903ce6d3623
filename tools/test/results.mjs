import { readFileSync } from 'node:fs'

const crashed = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1, testResults: [] }

/** What `jest --json` wrote; a run that wrote nothing has crashed, which is a failure. */
export function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return crashed
  }
}

/** Passed and failed tests of several runs; a suite that could not even start counts as one failure. */
export function countTests(reports) {
  const sum = (key) => reports.reduce((total, report) => total + report[key], 0)
  return { passed: sum('numPassedTests'), failed: sum('numFailedTests') + sum('numRuntimeErrorTestSuites') }
}

/** Several reports as one, for those who read them later. */
export function mergeReports(reports) {
  const { passed, failed } = countTests(reports)
  return {
    success: failed === 0,
    numPassedTests: passed,
    numFailedTests: failed,
    testResults: reports.flatMap((report) => report.testResults),
  }
}
