import { existsSync } from 'node:fs'
import { join } from 'node:path'

const code = [
  ...['libs', 'services', 'hosts', 'test/rig', 'test/e2e'],
  ...['test/bench', 'test/corpus', 'test/demo', 'test/soak'],
]
const eslint = [
  'eslint/bin/eslint.js',
  '.',
  '--cache',
  '--cache-location',
  '.cache/eslint/',
  '--cache-strategy',
  'content',
]
const prettier = [
  'prettier/bin/prettier.cjs',
  '.',
  '--cache',
  '--cache-location',
  '.cache/prettier',
  '--log-level',
  'warn',
]

/** What `check` runs, the longest first: each a script with its arguments, for the project's own Node. */
export function checkSteps(root) {
  const isThere = (path) => existsSync(join(root, path))
  const steps = [
    tool('lint', eslint, '--max-warnings', '0'),
    tool('types', ['typescript7/bin/tsc', '-p', '.']),
    tool('format', prettier, '--check'),
    tool('unused', [
      'knip/bin/knip.js',
      '--no-config-hints',
      '--no-progress',
      '--cache',
      '--cache-location',
      '.cache/knip',
    ]),
    tool('cycles', [
      'dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      ...code.filter(isThere),
    ]),
    { name: 'contracts', args: ['tools/contracts.mjs', '--check'], script: 'tools/contracts.mjs' },
  ]
  return steps.filter(({ script }) => isThere(script))
}

/** What `check --fix` runs before the check, one after the other, because both write. */
export function fixSteps() {
  return [tool('repaired by eslint', eslint, '--fix'), tool('formatted by prettier', prettier, '--write')]
}

function tool(name, [script, ...args], ...more) {
  const path = `node_modules/${script}`
  return { name, script: path, args: [path, ...args, ...more] }
}
