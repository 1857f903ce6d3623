// Bundles the `k8or` command into dist/: `k8or.cjs` (what people run; light) and `mesh.cjs` (the services), with no node_modules needed.
// swc compiles, since decorators must keep their metadata; esbuild joins and shakes. Does nothing when dist/ is newer than all sources.
import { mkdir, readFile, stat } from 'node:fs/promises'
import { readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { transform } from '@swc/core'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)
const options = require('./swc-options.cjs')
const entries = { k8or: 'hosts/k8or/src/main.ts', mesh: 'hosts/k8or/src/mesh.ts' }
const sources = ['libs', 'services', 'hosts', 'tools/bundle.mjs', 'tools/swc-options.cjs', 'package-lock.json']

/** TypeScript by swc, as ES modules: esbuild can shake those, and decorator metadata stays. */
const swc = {
  name: 'swc',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const compiled = { ...options, module: { type: 'es6' }, filename: path }
      return { contents: (await transform(await readFile(path, 'utf8'), compiled)).code, loader: 'js' }
    })
  },
}

/** Nest asks for packages that need not be there: what can not be found stays a call of `require`. */
const optionalPeers = {
  name: 'optional-peers',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...asked }) => {
      if (pluginData === 'asked') return undefined
      const found = await resolve(path, { ...asked, pluginData: 'asked' })
      return found.errors.length > 0 ? { path, external: true } : found
    })
  },
}

/** Of zod's sixty languages one is spoken here; the others are half of its size. */
const oneLanguage = {
  name: 'one-language',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0)
}

async function isFresh() {
  const built = await Promise.all(
    Object.keys(entries).map((name) =>
      stat(join(root, 'dist', `${name}.cjs`)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  )
  return Math.min(...built) > Math.max(...sources.map((path) => newest(join(root, path))))
}

if (process.argv.includes('--force') || !(await isFresh())) {
  await mkdir(join(root, 'dist'), { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: true,
    legalComments: 'none',
    logLevel: 'warning',
    external: ['./mesh.cjs'],
    define: { 'import.meta.url': '__bundleUrl' },
    banner: { js: "const __bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
    plugins: [swc, oneLanguage, optionalPeers],
  })
}
