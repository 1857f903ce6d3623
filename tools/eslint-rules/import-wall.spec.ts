import { RuleTester } from 'eslint'
import { rules } from './index.mjs'

const walls = [
  { name: 'bus', imports: ['@nats-io'], except: ['libs/jetstream/**'], why: 'use @k8or/jetstream' },
  { name: 'files', in: ['services/*/src/domain/**'], imports: ['node:fs'], why: 'no files here' },
  { name: 'doors', imports: ['/^@k8or/[^/]+/.+/'], unless: ['@k8or/contracts/gen'], why: 'one door' },
  { name: 'layers', in: ['services/*/src/domain/**'], paths: ['**/adapters/**'], why: 'not this way' },
]
const options = [walls]
const domain = 'services/syncmaster/src/domain/plan/order.js'

describe('tools/eslint-rules/import-wall', () => {
  new RuleTester().run('import-wall', rules['import-wall'], {
    valid: [
      { name: 'an exempt folder', filename: 'libs/jetstream/src/bus.js', options, code: "import '@nats-io/kv'" },
      { name: 'a folder without the wall', filename: 'libs/rpc/src/tls.js', options, code: "import 'node:fs'" },
      { name: 'a package that only begins alike', filename: domain, options, code: "import 'node:fsx'" },
      { name: 'what unless names', filename: domain, options, code: "import '@k8or/contracts/gen/a'" },
      { name: 'a neighbour', filename: domain, options, code: "import './adapters-of-plan.js'" },
    ],
    invalid: [
      refused('a package of the scope', "import { a } from '@nats-io/kv'", 'bus'),
      refused('a type or value passed on', "export { a } from '@nats-io/kv'", 'bus'),
      refused('everything passed on', "export * from '@nats-io/kv'", 'bus'),
      refused('an import at run time', "import('@nats-io/kv')", 'bus'),
      refused('a require', "require('@nats-io/kv')", 'bus'),
      refused('a module of Node', "import 'node:fs'", 'files'),
      refused('a module of Node without its prefix', "import 'fs'", 'files'),
      refused('a part of a module', "import 'node:fs/promises'", 'files'),
      refused('a pattern', "import '@k8or/outcome/src/later.ts'", 'doors'),
      refused('a path of our own', "import '../../adapters/git/mirror.ts'", 'layers'),
    ],
  })
})

function refused(name: string, code: string, wall: string) {
  const why = walls.find((candidate) => candidate.name === wall)?.why ?? ''
  const specifier = /'(.*)'/.exec(code)?.[1] ?? ''
  return { name, code, filename: domain, options, errors: [{ messageId: 'refused', data: { specifier, wall, why } }] }
}
