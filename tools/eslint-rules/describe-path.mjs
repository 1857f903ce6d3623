import { repositoryPath } from './repository-path.mjs'

/** The root `describe` of a spec is its path, so a failing test names the file to open. */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'the root describe of a spec is its path without .spec.ts' },
    fixable: 'code',
    messages: {
      title: 'the root describe is called {{expected}}, the path of this file',
      missing: 'tests stand inside one root describe called {{expected}}',
    },
    schema: [],
  },
  create(context) {
    const expected = `'${repositoryPath(context).replace(/\.spec\.ts$/, '')}'`
    return {
      Program(program) {
        const calls = program.body.map(rootCall).filter(Boolean)
        for (const call of calls) checkCall(context, call, expected)
        if (!calls.some(({ name }) => name === 'describe')) {
          context.report({ node: program, messageId: 'missing', data: { expected } })
        }
      },
    }
  },
}

/** The call of a top-level `describe(…)` or `it(…)`, also written `describe.skip(…)` or `it.each(…)(…)`. */
function rootCall(statement) {
  const node = statement.type === 'ExpressionStatement' ? statement.expression : undefined
  if (node?.type !== 'CallExpression') return undefined
  let callee = node.callee
  while (callee.type === 'MemberExpression' || callee.type === 'CallExpression') callee = callee.object ?? callee.callee
  return ['describe', 'it', 'test'].includes(callee.name) ? { name: callee.name, node } : undefined
}

function checkCall(context, { name, node }, expected) {
  if (name !== 'describe') {
    context.report({ node, messageId: 'missing', data: { expected } })
    return
  }
  const [title] = node.arguments
  if (title?.type === 'Literal' && title.value === expected.slice(1, -1)) return
  const isText = title?.type === 'Literal' || title?.type === 'TemplateLiteral'
  const fix = isText ? (fixer) => fixer.replaceText(title, expected) : null
  context.report({ node: title ?? node, messageId: 'title', data: { expected }, fix })
}
