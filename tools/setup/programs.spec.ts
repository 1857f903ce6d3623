import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const programsModule = join(__dirname, 'programs.mjs')

/** What the setup says on a machine that has only some programs, to somebody who is not root. */
function complaintWith(programs: readonly string[], go = 'go1.26.0'): string {
  const dir = mkdtempSync(join(tmpdir(), 'k8or-programs-'))
  try {
    const script = `#!/bin/sh\necho "go version ${go} linux/amd64"\n`
    for (const program of programs) writeFileSync(join(dir, program), script, { mode: 0o755 })
    const code = `process.getuid = () => 1000
      import(${JSON.stringify(programsModule)}).then((m) => m.providePrograms()).catch((error) => console.error(error.message))`
    const end = spawnSync(process.execPath, ['-e', code], { env: { PATH: dir }, encoding: 'utf8', timeout: 20_000 })
    return end.stderr
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

describe('tools/setup/programs', () => {
  it('names all that is missing at once, and how to get it', () => {
    const complaint = complaintWith([])
    for (const program of ['git', 'make', 'npm'])
      expect(complaint).toContain(`${program} is not installed: on Debian \`apt-get install ${program}\``)
    expect(complaint).toContain('go is not installed: 1.26 or newer is needed (https://go.dev/dl)')
  })

  it('says that Go is too old, with what it found', () => {
    expect(complaintWith(['git', 'make', 'npm', 'go'], 'go1.21.3')).toContain(
      'go version go1.21.3 linux/amd64 is too old: 1.26 or newer is needed (https://go.dev/dl)',
    )
  })

  it('says without root what root is to run for the packages', () => {
    expect(complaintWith(['git', 'make', 'npm', 'go', 'apt-get'])).toMatch(
      /redis-server.* must be installed\. As root, run\n {2}apt-get update && apt-get install -y --no-install-recommends redis-server/,
    )
  })

  it('asks for the own package manager where there is no apt-get', () => {
    expect(complaintWith(['git', 'make', 'npm', 'go'])).toMatch(/must be installed: use your system's package manager/)
  })
})
