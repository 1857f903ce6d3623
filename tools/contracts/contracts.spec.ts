import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const repository = join(__dirname, '../..')

jest.setTimeout(60_000)

describe('tools/contracts', () => {
  let root: string

  const check = (): { code: number | null; output: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/contracts.mjs', '--check'], { cwd: root })
    return { code: status, output: `${String(stdout)}${String(stderr)}` }
  }

  const edit = (path: string, from: string, to: string): void => {
    const text = readFileSync(join(root, path), 'utf8')
    expect(text).toContain(from)
    writeFileSync(join(root, path), text.replace(from, to))
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'k8or-contracts-'))
    mkdirSync(join(root, 'docs'))
    for (const path of ['tools', 'libs/contracts', 'docs/events.md', 'package.json']) {
      cpSync(join(repository, path), join(root, path), { recursive: true })
    }
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  })

  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('passes as long as everything is as the contracts say', () => {
    expect(check()).toEqual({ code: 0, output: '' })
  })

  it('refuses a fact that was changed without its schema, and names what to run', () => {
    edit('libs/contracts/src/events/chartstore/release-rendered.ts', 'images:', 'pictures: z.string(),\n  images:')
    const { code, output } = check()
    expect(code).toBe(1)
    expect(output).toContain('libs/contracts/schemas/release.rendered.v1.json is not up to date')
    expect(output).toContain('docs/events.md is not up to date: run node tools/contracts.mjs')
  })

  it('refuses a call that old callers would no longer understand', () => {
    edit('libs/contracts/proto/k8or/insighthub/v1/dead_letters.proto', 'int32 limit = 1', 'string limit = 1')
    const { code, output } = check()
    expect(code).toBe(1)
    expect(output).toMatch(/dead_letters\.proto:\d+:\d+:Field "1".*changed type/)
    expect(output).toContain('gen/k8or/insighthub/v1/dead_letters_pb.ts is not up to date')
  })

  it('refuses what is badly named, and schemas of facts that are gone', () => {
    edit(
      'libs/contracts/proto/k8or/insighthub/v1/dead_letters.proto',
      'int32 limit = 1;',
      'int32 limit = 1;\n  int32 Bad = 2;',
    )
    writeFileSync(join(root, 'libs/contracts/schemas/old.fact.v1.json'), '{}')
    const { output } = check()
    expect(output).toMatch(/buf lint: .*lower_snake_case/)
    expect(output).toContain('libs/contracts/schemas/old.fact.v1.json is no longer emitted')
  })
})
