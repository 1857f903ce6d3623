import { isOlderVersion } from './kube-object'
import { joinApiVersion, keyOf, nameOf, refOf, splitApiVersion } from './object-ref'

const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } }
const reader = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }

describe('libs/kube-objects/src/object-ref', () => {
  it('tells which object one is, with a namespace or without', () => {
    expect(refOf(web)).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' })
    expect([web, reader].map(refOf).map(keyOf)).toEqual(['apps/Deployment/shop/web', '/Namespace//shop'])
    expect([web, reader].map(refOf).map(nameOf)).toEqual(['Deployment shop/web', 'Namespace shop'])
  })

  it.each(['v1', 'apps/v1', 'example.org/v1beta1'])('takes %s apart and puts it together again', (apiVersion) => {
    expect(joinApiVersion(splitApiVersion(apiVersion))).toBe(apiVersion)
  })

  it('knows the older of two versions, where they can be compared', () => {
    expect(isOlderVersion('9', '10')).toBe(true)
    expect(isOlderVersion('10', '9')).toBe(false)
    expect(isOlderVersion('abc', '9')).toBe(false)
    expect(isOlderVersion(undefined, '9')).toBe(false)
  })
})
