// `node -r ./tools/swc-ext.cjs file.ts` runs TypeScript as it is; Node's own type stripping cannot run Nest's decorators.
const { readFileSync } = require('node:fs')
const { transformSync } = require('@swc/core')
const options = require('./swc-options.cjs')

require.extensions['.ts'] = (module, filename) =>
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename)
