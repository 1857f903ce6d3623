export interface Statement {
  id: string
  aliases?: string[]
  text: string
  owners: string[]
  /** What is lacking, and why: such a statement is not counted as shown. */
  open?: string
}

export interface Group<One = Statement> {
  id: string
  title: string
  statements: One[]
}

export interface Test {
  title: string
  file: string
  status: string
}

export interface Judged extends Statement {
  state: 'shown' | 'part' | 'failed' | 'open'
  passed: Test[]
  failed: Test[]
}

export interface JestReport {
  testResults: {
    name: string
    assertionResults: { ancestorTitles: string[]; title: string; status: string }[]
  }[]
}

export declare function readStatements(folder: string): Group[]
export declare function readTests(reports: JestReport[], root: string): Test[]
export declare function gatherEvidence(groups: Group[], tests: Test[]): Group<Judged>[]
export declare function unexplained(groups: Group<Judged>[]): Judged[]
export declare function unknownIds(groups: Group[], tests: Test[]): string[]
export declare function countStates(groups: Group<Judged>[]): { shown: number; part: number; total: number }
export declare function formatReport(groups: Group<Judged>[]): string
