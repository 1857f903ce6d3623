import { posix } from 'node:path'
import { isBuiltin } from 'node:module'
import { matchesAny, repositoryPath } from './repository-path.mjs'

/** Refuses imports that cross a wall; the table of walls is the rule's option (see walls.mjs). */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'each package may be imported only where its wall allows' },
    messages: { refused: '"{{specifier}}" may not be imported here (wall "{{wall}}"): {{why}}' },
    schema: [{ type: 'array', items: { type: 'object' } }],
  },
  create(context) {
    const path = repositoryPath(context)
    const walls = context.options[0].filter((wall) => standsHere(wall, path))
    if (walls.length === 0) return {}
    return visitors((node, specifier) => {
      const wall = walls.find((candidate) => hits(candidate, specifier, path))
      if (!wall) return
      context.report({ node, messageId: 'refused', data: { specifier, wall: wall.name, why: wall.why } })
    })
  },
}

function standsHere(wall, path) {
  return matchesAny(path, wall.in ?? ['**']) && !matchesAny(path, wall.except ?? [])
}

function hits(wall, specifier, path) {
  if (specifier.startsWith('.')) return matchesAny(posix.join(posix.dirname(path), specifier), wall.paths ?? [])
  const name = isBuiltin(specifier) ? `node:${specifier.replace(/^node:/, '')}` : specifier
  if ((wall.unless ?? []).some((entry) => covers(entry, name))) return false
  return (wall.imports ?? []).some((entry) => covers(entry, name))
}

/** An entry is a package ("bullmq"), a scope ("@nats-io") or, between slashes, a pattern. */
function covers(entry, name) {
  if (entry.startsWith('/')) return new RegExp(entry.slice(1, -1)).test(name)
  return name === entry || name.startsWith(`${entry}/`)
}

function visitors(visit) {
  const fromSource = (node) => {
    if (typeof node.source?.value === 'string') visit(node, node.source.value)
  }
  return {
    ImportDeclaration: fromSource,
    ExportNamedDeclaration: fromSource,
    ExportAllDeclaration: fromSource,
    ImportExpression: fromSource,
    TSImportType: (node) => {
      const source = node.source?.value ?? node.argument?.literal?.value
      if (typeof source === 'string') visit(node, source)
    },
    TSExternalModuleReference: (node) => visit(node, String(node.expression.value)),
    CallExpression: (node) => {
      const [argument] = node.arguments
      if (node.callee.name === 'require' && typeof argument?.value === 'string') visit(node, argument.value)
    },
  }
}
