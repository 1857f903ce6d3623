export interface Statement {
  id: string
  aliases?: string[]
  text: string
  owners: string[]
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
  state: 'shown' | 'failed' | 'open'
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
export declare function unknownIds(groups: Group[], tests: Test[]): string[]
export declare function countShown(groups: Group<Judged>[]): { shown: number; total: number }
export declare function formatReport(groups: Group<Judged>[]): string
