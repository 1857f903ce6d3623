import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { providerOf, providers } from './providers'

const request = (headers: Record<string, string>) => ({ headers, body: Buffer.from('{}') })

describe('services/codesource/src/domain/webhook/providers', () => {
  it('lists a provider for every file of the folder', () => {
    const files = readdirSync(join(__dirname, 'provider')).filter((file) => !file.endsWith('.spec.ts'))
    expect(files.map((file) => file.replace(/\.ts$/, '')).sort()).toEqual(Object.keys(providers).sort())
    for (const [id, provider] of Object.entries(providers)) expect(provider.id).toBe(id)
  })

  it('knows a provider by its header (A16)', () => {
    expect(providerOf(request({ 'x-github-event': 'push' }))).toBe(providers.github)
    expect(providerOf(request({ 'x-gitlab-event': 'Push Hook' }))).toBe(providers.gitlab)
  })

  it('names what it does not know (A16)', () => {
    expect(providerOf(request({}))).toEqual({ unknown: expect.stringContaining('unknown webhook provider') })
    const gitea = request({ 'x-github-event': 'push', 'x-gogs-event': 'push' })
    expect(providerOf(gitea)).toEqual({ unknown: expect.stringContaining('Gogs or Gitea') })
  })
})
