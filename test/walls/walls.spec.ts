import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Linted {
  fixture: string
  as: string
  /** The rule's id, a space, and a part of its message. Absent where nothing is to be refused. */
  refused?: string
  messages: string[]
}

const root = join(__dirname, '../..')

const linted = JSON.parse(runNode('test/walls/lint-fixtures.mjs')) as Linted[]
const refusals = linted.flatMap((one) => (one.refused === undefined ? [] : [{ ...one, refused: one.refused }]))
const permitted = linted.filter(({ refused }) => refused === undefined)

describe('test/walls', () => {
  it.each(refusals)('refuses $fixture', ({ refused, messages }) => {
    const [rule, ...words] = refused.split(' ')
    const reasons = messages.filter((message) => message.startsWith(`${String(rule)} `))

    expect(reasons.join('\n')).toContain(words.join(' '))
  })

  it.each(permitted)('lets through $fixture', ({ messages }) => {
    expect(messages).toEqual([])
  })

  it('has a fixture for every import wall', () => {
    const walls = [...readFileSync(join(root, 'tools/eslint-rules/walls.mjs'), 'utf8').matchAll(/name: '([^']+)'/g)]
    const refused = refusals.map((refusal) => refusal.refused).join('\n')

    for (const [, name] of walls) expect(refused).toContain(`(wall "${name}")`)
    expect(walls.length).toBeGreaterThan(10)
  })

  it('refuses files that import each other', () => {
    const report = runNode(
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      ...[
        '--config',
        '.dependency-cruiser.cjs',
        '--no-cache',
        '--output-type',
        'json',
        'test/walls/fixtures/import-cycle',
      ],
    )
    const { summary } = JSON.parse(report) as { summary: { violations: { rule: { name: string } }[] } }

    expect(summary.violations.map(({ rule }) => rule.name)).toContain('no-import-cycle')
  })

  it.each(projects())('knows what kind of project $folder is', ({ tags }) => {
    expect(tags.filter((tag) => tag.startsWith('scope:'))).toHaveLength(1)
    expect(tags.filter((tag) => /^type:(service|lib|contract|host|ui)$/.test(tag))).toHaveLength(1)
  })
})

/** The standard output of a script, also of one that fails because it found something. */
function runNode(...args: string[]): string {
  try {
    return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    const { stdout } = error as { stdout?: string }
    if (stdout) return stdout
    throw error
  }
}

function projects(): { folder: string; tags: string[] }[] {
  const folders = ['libs', 'services', 'hosts'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  )
  return [...folders, 'test/rig', 'test/e2e'].map((folder) => {
    const { nx } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { nx?: { tags?: string[] } }
    return { folder, tags: nx?.tags ?? [] }
  })
}
