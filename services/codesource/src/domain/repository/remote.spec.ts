import fc from 'fast-check'
import { parseRemote, RepositoryError } from './remote'

describe('services/codesource/src/domain/repository/remote', () => {
  it.each([
    ['https://git.example/a/b.git', { protocol: 'https', host: 'git.example', port: 443 }],
    ['http://git.example:3000/a/b', { protocol: 'http', host: 'git.example', port: 3000 }],
    ['ssh://git@GIT.example:2222/a/b.git', { protocol: 'ssh', host: 'git.example', port: 2222, username: 'git' }],
    ['git@git.example:a/b.git', { protocol: 'ssh', host: 'git.example', port: 22, url: 'git@git.example:a/b.git' }],
    ['http://[::1]:80/a', { protocol: 'http', host: '::1', port: 80 }],
  ])('reads %s', (url, expected) => {
    expect(parseRemote(url)).toMatchObject(expected)
  })

  it('takes credentials out of the URL', () => {
    expect(parseRemote('https://me:p%40ss@git.example/a')).toMatchObject({
      url: 'https://git.example/a',
      username: 'me',
      password: 'p@ss',
    })
  })

  it.each([
    ['--upload-pack=touch /tmp/x', /not a URL/],
    ['ext::sh -c id', /not a URL/],
    ['ext::id', /its path is not one/],
    ['file:///etc', /protocol file is not allowed/],
    ['git://git.example/a', /protocol git is not allowed/],
    ['/srv/git/a.git', /neither/],
    ['../a', /neither/],
    ['ssh://-oProxyCommand=id/a', /not a URL|names no host/],
    ['ssh://-oProxyCommand%3Did@git.example/a', /user is not one/],
    ['-oProxyCommand=id:a', /not a URL/],
    ['https://git.example/a\nb', /not a URL/],
    ['', /not a URL/],
  ])('refuses %j', (url, message) => {
    expect(() => parseRemote(url)).toThrow(message)
    expect(() => parseRemote(url)).toThrow(RepositoryError)
  })

  it('never hands git something that begins like an option', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseRemote(text).url).not.toMatch(/^-/)
        } catch (error) {
          expect(error).toBeInstanceOf(RepositoryError)
        }
      }),
    )
  })

  it('reads what looks like a URL, or says that it is none, and tells nobody its password', () => {
    const part = fc.oneof(
      fc.constantFrom('', '%', '%zz', '%00', '-o', '..', '[', '::1', '@', ' '),
      fc.string({ maxLength: 5 }),
    )
    const url = fc
      .tuple(fc.constantFrom('https://', 'http://', 'ssh://', 'HTTPS://', 'ftp://', ''), part, part, part, part)
      .map(([scheme, user, password, host, path]) => `${scheme}${user}:canary${password}@${host}/${path}`)
    fc.assert(
      fc.property(url, (text) => {
        try {
          const remote = parseRemote(text)
          expect([remote.host, remote.username].filter((each) => each.startsWith('-'))).toEqual([])
          if (remote.protocol !== 'ssh') expect(remote.url.split('/')[2]).not.toContain('canary')
        } catch (error) {
          expect(error).toBeInstanceOf(RepositoryError)
        }
      }),
    )
  })
})
