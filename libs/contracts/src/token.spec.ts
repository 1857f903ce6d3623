import * as fc from 'fast-check'
import {
  applicationToken,
  bucketCount,
  bucketOf,
  canonicalRepositoryUrl,
  instanceName,
  repositoryMatchKey,
  repositoryToken,
} from './index'

const dnsName = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/)

describe('libs/contracts/src/token', () => {
  describe('of an application', () => {
    it('is one subject token, whatever the name holds', () => {
      fc.assert(
        fc.property(dnsName, dnsName, fc.uuid(), (namespace, name, uid) => {
          const token = applicationToken(instanceName(namespace, name, 'argocd'), uid)
          expect(token).toMatch(/^[a-z0-9_~-]+$/)
        }),
      )
    })

    it('tells applications of one name apart by their uid', () => {
      expect(applicationToken('shop.web', '8d1f0a52-6c1e-4b7e-9a5c-2f0f6f1f7a31')).toBe('shop~web_8d1f0a52')
      expect(applicationToken('shop.web', '9d1f0a52-6c1e-4b7e-9a5c-2f0f6f1f7a31')).toBe('shop~web_9d1f0a52')
    })

    it('has the namespace in its instance name only outside of the control namespace', () => {
      expect(instanceName('argocd', 'web', 'argocd')).toBe('web')
      expect(instanceName('team', 'web', 'argocd')).toBe('team_web')
    })
  })

  describe('of a repository', () => {
    const same = [
      'https://git.example.com/team/shop.git',
      'https://git.example.com/team/shop',
      'https://git.example.com/team/shop/',
      'https://GIT.example.com/team/shop.git/',
      'https://user:secret@git.example.com/team/shop.git',
      ' https://git.example.com:443/team/shop.git ',
    ]

    it.each(same)('is the same for %s', (url) => {
      expect(canonicalRepositoryUrl(url)).toBe('https://git.example.com/team/shop')
      expect(repositoryToken(url)).toBe(repositoryToken(same[0]!))
    })

    it.each([
      ['git@git.example.com:team/shop.git', 'ssh://git.example.com/team/shop'],
      ['git.example.com:team/shop', 'ssh://git.example.com/team/shop'],
      ['ssh://git@git.example.com:2222/team/shop.git', 'ssh://git.example.com:2222/team/shop'],
      ['http://git.example.com:8080/shop.git', 'http://git.example.com:8080/shop'],
      ['/srv/git/shop.git', 'other:///srv/git/shop'],
    ])('of %s is %s', (url, canonical) => {
      expect(canonicalRepositoryUrl(url)).toBe(canonical)
    })

    it('tells servers on one host apart by their port, and paths by their case', () => {
      const urls = ['https://h/a', 'https://h:8443/a', 'http://h/a', 'ssh://h/a', 'https://h/A', 'https://h/b']
      expect(new Set(urls.map(repositoryToken)).size).toBe(urls.length)
    })

    it('keeps no credentials, and is one subject token', () => {
      fc.assert(
        fc.property(fc.webUrl({ validSchemes: ['https', 'http', 'ssh'] }), fc.string(), (url, password) => {
          const withPassword = url.replace('://', `://user:${encodeURIComponent(password)}@`)
          expect(repositoryToken(withPassword)).toBe(repositoryToken(url))
          expect(repositoryToken(url)).toMatch(/^r-[0-9a-f]{16}$/)
        }),
      )
    })

    it('is canonical once and for all', () => {
      fc.assert(
        fc.property(fc.webUrl(), (url) => {
          expect(canonicalRepositoryUrl(canonicalRepositoryUrl(url))).toBe(canonicalRepositoryUrl(url))
        }),
      )
    })
  })

  describe('for matching webhooks', () => {
    it.each([
      'https://git.example.com/team/shop.git',
      'http://git.example.com/team/shop',
      'git@git.example.com:team/shop.git',
      'ssh://git@git.example.com:2222/team/shop.git',
      'https://token@git.example.com:8443/team/shop',
    ])('is host and path alone for %s', (url) => {
      expect(repositoryMatchKey(url)).toBe('git.example.com/team/shop')
    })
  })

  describe('of a bucket', () => {
    it('never changes', () => {
      expect(['a', 'b', '8d1f0a52-6c1e-4b7e-9a5c-2f0f6f1f7a31'].map(bucketOf)).toEqual([18, 22, 12])
    })

    it('spreads applications evenly', () => {
      const counts = new Array<number>(bucketCount).fill(0)
      for (let n = 0; n < 6_400; n++) counts[bucketOf(`uid-${n}`)]!++
      expect(Math.min(...counts)).toBeGreaterThan(50)
      expect(Math.max(...counts)).toBeLessThan(160)
    })
  })
})
