import { countTests, mergeReports, readReport } from './results.mjs'

const report = (passed: number, failed: number, broken = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numRuntimeErrorTestSuites: broken,
  testResults: [`${passed}`],
})

describe('tools/test/results', () => {
  it('adds up runs, and counts a suite that could not start as a failure', () => {
    expect(countTests([report(3, 1), report(4, 0, 2)])).toEqual({ passed: 7, failed: 3 })
  })

  it('takes a run that wrote nothing for a failure', () => {
    expect(countTests([readReport('/no/such/file.json')])).toEqual({ passed: 0, failed: 1 })
  })

  it('makes one report of several', () => {
    expect(mergeReports([report(1, 0), report(2, 0)])).toMatchObject({ success: true, testResults: ['1', '2'] })
  })
})
