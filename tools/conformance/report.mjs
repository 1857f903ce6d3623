const head = `# Conformance

What the mesh must do, and the tests that show it. A statement counts when a test whose title names its id ran and
passed; **open** has no such test yet, **failed** has one that failed. Made by \`make conformance\` from the results of \`make test\`.
`

/** The whole page: a line for each component, then a table for each. */
export function formatReport(groups) {
  return [head, formatSummary(groups), ...groups.map(formatGroup)].join('\n')
}

/** How many statements are shown, of how many. */
export function countShown(groups) {
  const statements = groups.flatMap((group) => group.statements)
  return { shown: statements.filter(({ state }) => state === 'shown').length, total: statements.length }
}

function formatSummary(groups) {
  const { shown, total } = countShown(groups)
  const rows = groups.map((group) => {
    const count = countShown([group])
    return `| ${group.id} | ${group.title} | ${count.shown} of ${count.total} |`
  })
  return ['| | component | shown |', '|---|---|---|', ...rows, `| | **all** | **${shown} of ${total}** |`, ''].join(
    '\n',
  )
}

function formatGroup({ id, title, statements }) {
  const rows = statements.map(
    (one) => `| ${one.id} | ${cell(one.text)} | ${one.owners.join(', ')} | ${formatTests(one)} |`,
  )
  return [`## ${id} ${title}`, '', '| id | statement | owner | shown by |', '|---|---|---|---|', ...rows, ''].join('\n')
}

function formatTests({ state, passed, failed }) {
  if (state === 'open') return '**open**'
  const lines = (state === 'failed' ? failed : passed).map(({ title, file }) => `${cell(title)} (\`${file}\`)`)
  return `${state === 'failed' ? '**failed**: ' : ''}${lines.join('<br>')}`
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
}
