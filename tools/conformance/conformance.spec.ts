import { join } from 'node:path'
import {
  countStates,
  formatReport,
  gatherEvidence,
  readStatements,
  readTests,
  unexplained,
  unknownIds,
  type Group,
} from './index.mjs'

const groups: Group[] = [
  {
    id: 'C56',
    title: 'Synchronisation',
    statements: [
      { id: 'C56.1', text: 'Steps run in order.', owners: ['chartstore'] },
      { id: 'C56.10', text: 'Steps | print.', owners: ['chartstore', 'codesource'], aliases: ['C57.1'] },
    ],
  },
]

describe('tools/conformance', () => {
  it('reads the statements of this repository, each id once', () => {
    const ids = readStatements(join(__dirname, '../../docs/statements')).flatMap((group) => group.statements)

    expect(ids.length).toBeGreaterThan(120)
    for (const { id, text, owners } of ids) {
      expect(id).toMatch(/^(C\d+\.\d+|(TR|IH|AU|SG)\.\d+|A\d+(\.\d+)?)$/)
      expect(text).toMatch(/^[A-Z].*\.$/)
      expect(owners.length).toBeGreaterThan(0)
    }
  })

  it('flattens the reports of jest and leaves the path of the root describe out of titles', () => {
    const assertionResults = [
      { ancestorTitles: ['libs/jobs/src/jobs', 'a wait'], title: 'ends (C56.1)', status: 'passed' },
    ]
    const report = { testResults: [{ name: '/repository/libs/jobs/src/jobs.spec.ts', assertionResults }] }

    expect(readTests([report], '/repository')).toEqual([
      { title: 'a wait › ends (C56.1)', file: 'libs/jobs/src/jobs.spec.ts', status: 'passed' },
    ])
  })

  it('counts a statement only when a test that names exactly it ran and passed', () => {
    expect(states([['C56.1: stops', 'passed']])).toEqual(['shown', 'open'])
    expect(states([['C56.1: stops', 'pending']])).toEqual(['open', 'open'])
    expect(states([['prints what is done (C56.10)', 'passed']])).toEqual(['open', 'shown'])
    expect(states([['XC56.1 and C56.1.2 are others', 'passed']])).toEqual(['open', 'open'])
  })

  it('takes a failed test as a failed statement, whatever else passed', () => {
    const tests: [string, string][] = [
      ['C56.1 stops', 'passed'],
      ['C56.1 resumes', 'failed'],
    ]
    expect(states(tests)).toEqual(['failed', 'open'])
  })

  it('knows a statement by its other id too', () => {
    expect(states([['C57.1 prints', 'passed']])).toEqual(['open', 'shown'])
  })

  it('finds ids that no statement has', () => {
    expect(unknownIds(groups, [test('C56.11 and C56.1 on node 24.21 by RFC.2', 'passed')])).toEqual(['C56.11'])
  })

  it('writes the same page whatever the order of the tests', () => {
    const tests = [test('C56.1 b', 'passed'), test('C56.1 a', 'passed'), test('C56.10', 'failed')]
    const page = formatReport(gatherEvidence(groups, tests))

    expect(formatReport(gatherEvidence(groups, tests.toReversed()))).toBe(page)
    expect(page).toContain('| C56 | Synchronisation | 1 of 2 |  |')
    expect(page).toContain(
      '| C56.1 | Steps run in order. | chartstore | C56.1 a (`a.spec.ts`)<br>C56.1 b (`a.spec.ts`) |',
    )
    expect(page).toContain(
      '| C56.10 | Steps \\| print. | chartstore, codesource | **failed**<br>C56.10 (`a.spec.ts`) |',
    )
    expect(countStates(gatherEvidence(groups, tests))).toEqual({ shown: 1, part: 0, total: 2 })
  })

  it('counts nothing as shown that says what is lacking, and prints that', () => {
    const [statement] = groups[0]!.statements
    const lacking = [{ ...groups[0]!, statements: [{ ...statement!, open: 'no list | yet' }] }]
    const judged = gatherEvidence(lacking, [test('C56.1 stops', 'passed')])

    expect(countStates(judged)).toEqual({ shown: 0, part: 1, total: 1 })
    expect(formatReport(judged)).toContain('**in part**: no list \\| yet<br>C56.1 stops (`a.spec.ts`)')
    expect(formatReport(gatherEvidence(lacking, []))).toContain('| **open**: no list \\| yet |')
  })

  it('finds what is open without a reason', () => {
    const judged = gatherEvidence(groups, [test('C56.1', 'passed')])
    expect(unexplained(judged).map(({ id }) => id)).toEqual(['C56.10'])
  })

  it('names a file by its place in the repository, wherever the tests ran', () => {
    const assertionResults = [{ ancestorTitles: ['test/e2e/a.e2e in mode x'], title: 'ends', status: 'passed' }]
    const report = { testResults: [{ name: '/elsewhere/test/e2e/a.e2e.spec.ts', assertionResults }] }

    expect(readTests([report], '/repository')).toMatchObject([{ file: 'test/e2e/a.e2e.spec.ts' }])
  })
})

function states(titles: [title: string, status: string][]): string[] {
  const [group] = gatherEvidence(
    groups,
    titles.map(([title, status]) => test(title, status)),
  )
  return group!.statements.map(({ state }) => state)
}

function test(title: string, status: string) {
  return { title, file: 'a.spec.ts', status }
}
