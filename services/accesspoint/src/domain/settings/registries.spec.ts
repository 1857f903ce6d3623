import { mangled } from '@k8or/rig'
import fc from 'fast-check'
import { parsePullSecret, pullSecretAccess, PullSecretError, type PullSecret } from './pull-secrets'
import { registryAccess } from './registries'
import type { RepositorySettings } from './repositories'

const secret = (url: string, fields: Record<string, string>, isTemplate = false) => ({
  ...{ isTemplate, isForWriting: false, url },
  fields: { url, ...fields },
})
const settings = (...secrets: RepositorySettings['secrets']): RepositorySettings => ({
  ...{ secrets, knownHosts: '', tlsAuthorities: { 'registry.test': 'PEM' } },
})
const image = { registry: 'ghcr.io', path: 'shop/web' }
const docker = (auths: object, type = 'kubernetes.io/dockerconfigjson'): PullSecret => ({
  ...{ type, labels: {}, data: { '.dockerconfigjson': JSON.stringify({ auths }) } },
})
const encode = (text: string) => Buffer.from(text).toString('base64')
const read = (text: string, its: PullSecret, of = image) =>
  pullSecretAccess(of, parsePullSecret(text), its, settings(), 'argocd')

describe('services/accesspoint/src/domain/settings/registries', () => {
  it('takes the Secret of the OCI repository that is nearest to the image', () => {
    const declared = settings(
      secret('oci://ghcr.io/shop', { username: 'near' }, true),
      secret('oci://ghcr.io', { username: 'host' }),
      secret('ghcr.io/other/charts', { username: 'other', enableOCI: 'true' }),
      secret('https://ghcr.io/shop/web', { username: 'git' }),
    )
    expect(registryAccess(image, declared)).toMatchObject({ username: 'near' })
    expect(registryAccess({ ...image, path: 'shopping/web' }, declared)).toMatchObject({ username: 'host' })
  })

  it('takes any Secret of the registry where none is nearer, and none of another', () => {
    const declared = settings(secret('ghcr.io/other/charts', { username: 'other', enableOCI: 'true' }))
    expect(registryAccess(image, declared)).toMatchObject({ username: 'other', insecure: false, plainHttp: false })
    expect(registryAccess({ registry: 'ghcr.io.evil.org', path: 'shop/web' }, declared)).toBeUndefined()
    expect(registryAccess({ registry: 'ghcr.io:8443', path: 'shop/web' }, declared)).toBeUndefined()
  })

  it('knows Docker Hub by all of its names', () => {
    const declared = settings(secret('oci://registry-1.docker.io/shop', { username: 'hub' }))
    expect(registryAccess({ registry: 'docker.io', path: 'shop/web' }, declared)).toMatchObject({ username: 'hub' })
  })

  it('says where plain HTTP or an unchecked certificate is declared, and adds the authority of the host', () => {
    const fields = { insecure: 'true', insecureOCIForceHttp: 'true' }
    const declared = settings(secret('oci://registry.test:5000/a', fields))
    const expected = { insecure: true, plainHttp: true, tlsCa: 'PEM' }
    expect(registryAccess({ registry: 'registry.test:5000', path: 'a' }, declared)).toMatchObject(expected)
  })

  it('reads the credentials of a docker configuration for the registry alone', () => {
    const auths = {
      'https://index.docker.io/v1/': { auth: encode('hub:1') },
      'ghcr.io': { auth: encode('all:a:b') },
      'ghcr.io/shop': { username: 'shop', password: '2' },
    }
    expect(read('pullsecret:team/pull', docker(auths))).toMatchObject({ username: 'shop', password: '2' })
    const elsewhere = { registry: 'ghcr.io', path: 'other/web' }
    expect(read('pullsecret:team/pull', docker(auths), elsewhere)).toMatchObject({ username: 'all', password: 'a:b' })
    const hub = { registry: 'docker.io', path: 'library/nginx' }
    expect(read('pullsecret:team/pull', docker(auths), hub)).toMatchObject({ username: 'hub' })
    const evil = { registry: 'evil.example', path: 'shop/web' }
    expect(() => read('pullsecret:team/pull', docker(auths), evil)).toThrow('no credentials for registry evil.example')
  })

  it('sends no Secret anywhere that was not meant for registries', () => {
    const plain = (data: Record<string, string>, more: Partial<PullSecret> = {}) => ({
      type: 'Opaque',
      labels: {},
      data,
      ...more,
    })
    expect(read('secret:argocd/pull#creds', plain({ creds: 'ci:secret\n' }))).toMatchObject({
      username: 'ci',
      password: 'secret',
    })
    const words = { creds: 'ci:secret' }
    expect(() => read('secret:team/pull#creds', plain(words))).toThrow('only plain Secrets of namespace argocd')
    expect(() => read('secret:argocd/argocd-secret#creds', plain(words))).toThrow('only plain Secrets')
    const cluster = { 'argocd.argoproj.io/secret-type': 'cluster' }
    expect(() => read('secret:argocd/east#creds', plain(words, { labels: cluster }))).toThrow('only plain Secrets')
    expect(() => read('secret:argocd/pull#creds', plain({ creds: 'canary' }))).toThrow(
      'field creds is not <user>:<password>',
    )
    expect(() => read('secret:argocd/pull#creds', plain({ creds: 'canary' }))).not.toThrow('canary')
  })

  it('names what is wrong with a pull secret', () => {
    for (const text of ['env:TOKEN', 'pullsecret:only-name', 'secret:argocd/pull'])
      expect(() => parsePullSecret(text)).toThrow(`pull-secret "${text}"`)
    expect(() => read('pullsecret:team/pull', docker({}, 'Opaque'))).toThrow('not of type')
    const broken = { type: 'kubernetes.io/dockerconfigjson', labels: {}, data: { '.dockerconfigjson': 'canary' } }
    expect(() => read('pullsecret:team/pull', broken)).toThrow('not a docker configuration')
    expect(() => read('pullsecret:team/pull', docker({ 'ghcr.io': { auth: 'canary' } }))).not.toThrow('canary')
  })

  it('reads whatever a pull secret holds, or says what is wrong with it, and shows nothing of it', () => {
    const auths = {
      'ghcr.io': { auth: encode('me:canary-1') },
      'https://ghcr.io/v1/': { username: 'u', password: 'canary-2' },
    }
    fc.assert(
      fc.property(mangled({ auths }), (wrong) => {
        const data = { '.dockerconfigjson': JSON.stringify(wrong) }
        try {
          read('pullsecret:team/pull', { type: 'kubernetes.io/dockerconfigjson', labels: {}, data })
        } catch (error) {
          expect(error).toBeInstanceOf(PullSecretError)
          expect((error as Error).message).not.toContain('canary')
        }
      }),
    )
  })
})
