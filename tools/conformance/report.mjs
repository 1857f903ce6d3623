const head = `# Conformance

What the mesh must do, and the tests that show it. A statement counts when a test whose title names its id ran and
passed, and nothing is known to be lacking. **In part** and **open** say what is lacking, and why; of the parts of Argo CD's
contract [compatibility.md](compatibility.md) says more. Made by \`make conformance\` from the results of \`make test\`.
`

/** The whole page: a line for each component, then a table for each. */
export function formatReport(groups) {
  return [head, formatSummary(groups), ...groups.map(formatGroup)].join('\n')
}

/** How many statements are shown, and how many in part, of how many. */
export function countStates(groups) {
  const statements = groups.flatMap((group) => group.statements)
  const count = (wanted) => statements.filter(({ state }) => state === wanted).length
  return { shown: count('shown'), part: count('part'), total: statements.length }
}

function formatSummary(groups) {
  const { shown, part, total } = countStates(groups)
  const rows = groups.map((group) => {
    const count = countStates([group])
    return `| ${group.id} | ${group.title} | ${count.shown} of ${count.total} | ${count.part || ''} |`
  })
  const all = `| | **all** | **${shown} of ${total}** | **${part}** |`
  return ['| | component | shown | in part |', '|---|---|---|---|', ...rows, all, ''].join('\n')
}

function formatGroup({ id, title, statements }) {
  const rows = statements.map(
    (one) => `| ${one.id} | ${cell(one.text)} | ${one.owners.join(', ')} | ${formatTests(one)} |`,
  )
  return [`## ${id} ${title}`, '', '| id | statement | owner | shown by |', '|---|---|---|---|', ...rows, ''].join('\n')
}

const marks = { shown: '', part: '**in part**', open: '**open**', failed: '**failed**' }

function formatTests({ state, passed, failed, open }) {
  const reason = state === 'failed' || !open ? '' : cell(open)
  const mark = [marks[state], reason].filter(Boolean).join(': ')
  const lines = (state === 'failed' ? failed : passed).map(({ title, file }) => `${cell(title)} (\`${file}\`)`)
  return [mark, ...lines].filter(Boolean).join('<br>')
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
}
