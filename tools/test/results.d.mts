export interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly unknown[]
}
export function readReport(path: string): Report
export function countTests(reports: readonly Report[]): { passed: number; failed: number }
export function mergeReports(reports: readonly Report[]): Record<string, unknown>
