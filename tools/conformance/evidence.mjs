import { relative, sep } from 'node:path'
import { namesOf } from './statements.mjs'

/** The tests of several `jest --json` reports as a flat list: full title, file, whether it passed or failed. */
export function readTests(reports, root) {
  return reports.flatMap(({ testResults }) =>
    testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status }) => {
        const file = fileOf(name, ancestorTitles, root)
        const inside = ancestorTitles.filter((ancestor) => !file.startsWith(ancestor))
        return { title: [...inside, title].join(' › '), file, status }
      }),
    ),
  )
}

/** For each statement the tests that name it: those that passed, those that failed, and what follows. */
export function gatherEvidence(groups, tests) {
  return groups.map((group) => ({ ...group, statements: group.statements.map((one) => judge(one, tests)) }))
}

/** Ids in titles that look like statements and are none: a slip of the pen would count for nothing. */
export function unknownIds(groups, tests) {
  const known = new Set(groups.flatMap(({ statements }) => statements.flatMap(namesOf)))
  const prefixes = new Set([...known].map((id) => id.split('.')[0]))
  const found = tests.flatMap(({ title }) => title.match(/(?<![\w.-])[A-Z]+\d*\.\d+(?![\w.-])/g) ?? [])
  return [...new Set(found)].filter((id) => prefixes.has(id.split('.')[0]) && !known.has(id)).sort()
}

/** The file in the repository, wherever the checkout lay that the test ran in: the root describe is its path. */
function fileOf(name, [path = ''], root) {
  const own = `${path.split(' ')[0]}.spec.ts`
  return name.endsWith(`/${own}`) ? own : relative(root, name).split(sep).join('/')
}

/** Statements that no test shows, or not the whole of it, and of which nobody says why. */
export function unexplained(groups) {
  return groups.flatMap(({ statements }) => statements).filter(({ state, open }) => state === 'open' && !open)
}

function judge(statement, tests) {
  const naming = tests.filter(({ title }) => namesOf(statement).some((id) => names(title, id))).sort(byFileAndTitle)
  const passed = naming.filter(({ status }) => status === 'passed')
  const failed = naming.filter(({ status }) => status === 'failed')
  return { ...statement, state: stateOf(statement, passed, failed), passed, failed }
}

/** What is known to be lacking is not shown by a test of the rest. */
function stateOf({ open }, passed, failed) {
  if (failed.length > 0) return 'failed'
  if (passed.length === 0) return 'open'
  return open ? 'part' : 'shown'
}

function names(title, id) {
  return new RegExp(`(?<![\\w.-])${id.replace('.', '\\.')}(?!\\w|\\.\\d)`).test(title)
}

function byFileAndTitle(a, b) {
  return compare(a.file, b.file) || compare(a.title, b.title)
}

function compare(a, b) {
  return a < b ? -1 : Number(a > b)
}
