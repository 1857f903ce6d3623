import { repositoryErrorOf } from './git-failure'

const url = 'https://git.example/a.git'

describe('services/codesource/src/domain/repository/git-failure', () => {
  it.each([
    ["fatal: repository 'https://git.example/a.git/' not found", 'RepositoryNotFound', false],
    ["fatal: '/srv/a.git' does not appear to be a git repository", 'RepositoryNotFound', false],
    ["fatal: could not read Username for 'https://x': terminal prompts disabled", 'RepositoryAccessRefused', false],
    ["fatal: Authentication failed for 'https://x/'", 'RepositoryAccessRefused', false],
    ["fatal: unable to access 'x': The requested URL returned error: 403", 'RepositoryAccessRefused', false],
    ['git@x: Permission denied (publickey).', 'RepositoryAccessRefused', false],
    ['Host key verification failed.', 'RepositoryHostKeyUnknown', false],
    ["fatal: unable to access 'x': server certificate verification failed", 'RepositoryCertificateUntrusted', false],
    ["fatal: unable to access 'x': Failed to connect to x port 1: Connection refused", 'RepositoryUnreachable', true],
    ["fatal: unable to access 'x': The requested URL returned error: 503", 'RepositoryUnreachable', true],
    ["fatal: unable to access 'x': Could not resolve host: x", 'RepositoryUnreachable', true],
  ])('understands %s', (stderr, reason, isTransient) => {
    const error = repositoryErrorOf(url, { stderr })
    expect([error.problem.reason, error.isTransient]).toEqual([reason, isTransient])
    expect(error.message).toContain(url)
  })

  it('says the same of the same failure each time, and tells no credentials', () => {
    const stderr = "fatal: unable to access 'https://me:pw@x/': Failed to connect to x port 1 after 12 ms: refused"
    expect(repositoryErrorOf(url, { stderr }).message).toBe(
      `repository ${url} can not be reached: unable to access 'https://x/': Failed to connect to x port 1: refused`,
    )
  })

  it('tells a silent host and a repository without bounds', () => {
    expect(repositoryErrorOf(url, { stderr: '', ended: 'deadline' })).toMatchObject({ isTransient: true })
    expect(repositoryErrorOf(url, { stderr: '', ended: 'size' }).problem.reason).toBe('RepositoryTooLarge')
  })
})
