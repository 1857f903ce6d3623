import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownDir } from './own-dir.mjs'

describe('tools/test/own-dir', () => {
  const parent = mkdtempSync(join(tmpdir(), 'k8or-own-dir-'))
  const dead = spawnSync(process.execPath, ['--version']).pid
  const made = (name: string, isOld = true): string => {
    const dir = join(parent, name)
    mkdirSync(dir)
    if (isOld) utimesSync(dir, 1, 1)
    return dir
  }

  afterAll(() => rmSync(parent, { recursive: true }))

  it('removes what a killed run left, and nothing that somebody may use', () => {
    const left = made(`k8or-test-${dead}-left`)
    const kept = [made(`k8or-test-${process.pid}-mine`), made(`k8or-test-${dead}-young`, false), made('k8or-e2e-other')]
    const dir = ownDir(parent)
    expect(existsSync(left)).toBe(false)
    expect([...kept, dir].map((each) => existsSync(each))).toEqual([true, true, true, true])
  })

  it('goes with its process, whichever way that ends but by a kill', () => {
    const script = `const { ownDir } = await import('${join(__dirname, 'own-dir.mjs')}'); console.log(ownDir('${parent}')); throw new Error('ends')`
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stdout).toContain('k8or-test-')
    expect(existsSync(stdout.trim())).toBe(false)
  })
})
