import { join } from 'node:path'
import js from '@eslint/js'
import { enforceModuleBoundaries } from '@nx/eslint-plugin/internal'
import prettier from 'eslint-config-prettier'
import { defineConfig } from 'eslint/config'
import ts from 'typescript-eslint'
import { boundaries } from './tools/eslint-rules/boundaries.mjs'
import { readEventOwners } from './tools/eslint-rules/event-owners.mjs'
import { houseRules } from './tools/eslint-rules/index.mjs'
import { refreshProjectGraph } from './tools/eslint-rules/project-graph.mjs'
import * as restricted from './tools/eslint-rules/restricted.mjs'
import { walls } from './tools/eslint-rules/walls.mjs'

const root = import.meta.dirname
const specs = ['**/*.spec.ts']
const tests = [...specs, 'test/**/*.ts', '{services,hosts}/*/test/**/*.ts']
const unsafe = ['argument', 'assignment', 'call', 'member-access', 'return']
const scripts = ['**/*.{js,cjs,mjs}']
const events = readEventOwners(join(root, 'libs/contracts/src/events'))

const projects = await refreshProjectGraph(root)
const nx = { meta: { name: '@nx', version: projects }, rules: { 'enforce-module-boundaries': enforceModuleBoundaries } }

export default defineConfig(
  {
    ignores: ['**/dist/', '**/gen/', '**/coverage/', '.cache/', '.run/', '.nx/', 'test/walls/fixtures/', '**/*.d.mts'],
  },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  prettier,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries()],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Ports are asynchronous; an implementation in memory has nothing to await.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    plugins: { k8or: houseRules },
    rules: {
      'k8or/import-wall': ['error', walls],
      'k8or/kebab-case-file': 'error',
      'k8or/owner-publishes': ['error', events],
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: false, skipComments: false, IIFEs: true }],
      'no-restricted-properties': ['error', ...restricted.properties],
      'no-restricted-syntax': ['error', ...restricted.syntax, ...restricted.kubeconfigLoaders],
    },
  },
  { files: ['services/**', 'libs/**'], rules: { 'no-console': 'error' } },
  {
    files: ['services/accesspoint/src/adapters/kubernetes/**', 'test/rig/**'],
    rules: { 'no-restricted-syntax': ['error', ...restricted.syntax] },
  },
  {
    files: ['**/config.ts', 'tools/**', 'test/**', '*.{js,cjs,mjs}'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['services/*/src/domain/**'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', ...restricted.domainGlobals],
      'no-restricted-properties': ['error', ...restricted.properties, ...restricted.domainProperties],
      'no-restricted-syntax': [
        'error',
        ...restricted.syntax,
        ...restricted.kubeconfigLoaders,
        ...restricted.domainSyntax,
      ],
    },
  },
  {
    files: tests,
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries({ inTests: true })],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'k8or/owner-publishes': 'off',
    },
  },
  {
    files: specs,
    // What an API server or a report answers is looked into here, not built upon.
    rules: {
      ...Object.fromEntries(unsafe.map((name) => [`@typescript-eslint/no-unsafe-${name}`, 'off'])),
      'max-lines-per-function': 'off',
    },
  },
  { files: ['{libs,services,hosts}/**/*.spec.ts'], rules: { 'k8or/describe-path': 'error' } },
  {
    files: scripts,
    ...ts.configs.disableTypeChecked,
    languageOptions: { ...ts.configs.disableTypeChecked.languageOptions, globals: nodeGlobals() },
    rules: { ...ts.configs.disableTypeChecked.rules, '@typescript-eslint/no-require-imports': 'off' },
  },
)

function nodeGlobals() {
  const names = ['process', 'console', 'Buffer', 'URL', 'require', 'module', '__dirname', '__filename', 'exports']
  const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'fetch', 'performance']
  return Object.fromEntries([...names, ...timers].map((name) => [name, 'readonly']))
}
