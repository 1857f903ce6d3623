import { repositoryAccess, repositoryWriteAccess, type RepositorySettings } from './repositories'
import { webhookSecrets } from './webhooks'

const secret = (url: string, fields: Record<string, string>, isTemplate = false) => ({
  isTemplate,
  isForWriting: false,
  url,
  fields: { url, ...fields },
})

function settings(...secrets: RepositorySettings['secrets']): RepositorySettings {
  return { secrets, knownHosts: 'git.test ssh-ed25519 AAAA', tlsAuthorities: { 'git.test': 'PEM' } }
}

describe('services/accesspoint/src/domain/settings/repositories', () => {
  it('A12 prefers the Secret of the repository itself, in whatever form its URL is written', () => {
    const declared = settings(
      secret('https://git.test/a/b.git', { username: 'own' }),
      secret('https://git.test/a', { username: 'template' }, true),
    )
    expect(repositoryAccess('https://GIT.test/a/b/', declared)).toMatchObject({
      username: 'own',
      tlsCa: 'PEM',
      knownHosts: '',
    })
  })

  it('A12 takes the template with the longest prefix where the repository has no credentials of its own', () => {
    const declared = settings(
      secret('https://git.test/a/b', { insecure: 'true' }),
      secret('https://git.test/', { password: 'short' }, true),
      secret('https://git.test/a', { password: 'long' }, true),
    )
    expect(repositoryAccess('https://git.test/a/b.git', declared)).toMatchObject({ password: 'long', insecure: true })
    expect(repositoryAccess('https://git.test/c/d', declared)).toMatchObject({ password: 'short' })
  })

  it('hands no credentials to a host whose name begins alike', () => {
    const declared = settings(secret('https://git.test', { password: 'p' }, true))
    expect(repositoryAccess('https://git.test.evil.org/a/b', declared)).toBeUndefined()
    expect(repositoryAccess('http://git.test/a/b', declared)?.password).toBe('')
  })

  it('serves known hosts to ssh, in both of its forms', () => {
    const declared = settings(secret('git@git.test:a/b.git', { sshPrivateKey: 'KEY' }))
    for (const url of ['git@git.test:a/b', 'ssh://git.test/a/b.git'])
      expect(repositoryAccess(url, declared)).toMatchObject({
        sshPrivateKey: 'KEY',
        knownHosts: 'git.test ssh-ed25519 AAAA',
      })
  })

  it('pushes with the Secret for writing where there is one, and never reads with it', () => {
    const url = 'https://git.test/a/b.git'
    const read = secret(url, { username: 'reader' })
    const write = { ...secret('https://git.test/a', { username: 'writer' }, true), isForWriting: true }
    expect(repositoryWriteAccess(url, settings(read, write))).toMatchObject({ username: 'writer' })
    expect(repositoryAccess(url, settings(read, write))).toMatchObject({ username: 'reader' })
    expect(repositoryAccess('https://git.test/a/c', settings(read, write))?.username).toBe('')
    expect(repositoryWriteAccess(url, settings(read))).toMatchObject({ username: 'reader' })
  })

  it('answers nothing for a repository of which nothing is declared', () => {
    expect(repositoryAccess('https://public.test/a/b', settings())).toBeUndefined()
  })

  it('A16 serves webhook secrets by provider, absent where there is none', () => {
    expect(
      webhookSecrets({
        'webhook.github.secret': 's',
        'webhook.gitlab.secret': '',
        'webhook.ci.token': 't',
        other: 'x',
      }),
    ).toEqual({
      github: 's',
      ci: 't',
    })
  })
})
