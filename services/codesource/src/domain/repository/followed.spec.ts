import { repositoryToken, type ApplicationRecord } from '@k8or/contracts'
import { Followed } from './followed'

const url = 'https://git.example/team/app.git'
const token = repositoryToken(url)

function application(
  uid: string,
  ...sources: { repoURL: string; targetRevision?: string; chart?: string }[]
): ApplicationRecord {
  return {
    ref: { uid, namespace: 'argocd', name: uid, project: 'default' },
    token: uid,
    bucket: 0,
    destination: { server: '', name: 'in-cluster', namespace: '' },
    sources: sources.map((source) => ({ path: '', targetRevision: '', ...source })),
    specDigest: '',
    refresh: '',
  }
}

describe('services/codesource/src/domain/repository/followed', () => {
  it('gathers the revisions of all followers', () => {
    const followed = new Followed()
    followed.put('a', application('a', { repoURL: url, targetRevision: 'v1' }), 1)
    followed.put('b', application('b', { repoURL: 'https://git.example/team/app', targetRevision: '' }), 2)
    expect(followed.repository(token)).toEqual({ token, url, declaredUrl: url, targets: ['HEAD', 'v1'] })
  })

  it('follows no charts', () => {
    const followed = new Followed()
    followed.put('a', application('a', { repoURL: 'https://charts.example', chart: 'nginx' }), 1)
    followed.put('b', application('b', { repoURL: 'oci://registry.example/app' }), 1)
    expect(followed.tokens()).toEqual([])
  })

  it('drops a repository with its last follower, and ignores what is older than known', () => {
    const followed = new Followed()
    followed.put('a', application('a', { repoURL: url }), 5)
    followed.put('a', null, 4)
    expect(followed.tokens()).toEqual([token])
    expect(followed.put('a', null, 6)).toBe(true)
    expect(followed.tokens()).toEqual([])
    expect(followed.repository(token)).toBeUndefined()
  })

  it('says when something is no longer followed', () => {
    const followed = new Followed()
    expect(followed.put('a', application('a', { repoURL: url, targetRevision: 'v1' }), 1)).toBe(false)
    expect(followed.put('a', application('a', { repoURL: url, targetRevision: 'v1' }), 2)).toBe(false)
    expect(followed.put('a', application('a', { repoURL: url, targetRevision: 'v2' }), 3)).toBe(true)
    expect(followed.remove('a')).toBe(true)
    expect(followed.remove('b')).toBe(false)
  })

  it('matches webhooks by host and path alone (A16)', () => {
    const followed = new Followed()
    followed.put('a', application('a', { repoURL: 'ssh://git@git.example:2222/team/app.git' }), 1)
    expect(followed.matching(['https://GIT.example/team/app'])).toHaveLength(1)
    expect(followed.matching(['git@git.example:team/app.git'])).toHaveLength(1)
    expect(followed.matching(['https://git.example/team/other'])).toHaveLength(0)
  })

  it('keeps credentials of a declared URL to itself', () => {
    const followed = new Followed()
    followed.put('a', application('a', { repoURL: 'https://me:pw@git.example/team/app.git' }), 1)
    expect(followed.repository(token)).toMatchObject({ url, declaredUrl: 'https://me:pw@git.example/team/app.git' })
  })
})
