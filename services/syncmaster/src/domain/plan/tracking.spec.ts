import { describes, formatTracking, instanceOf, parseTracking } from './tracking'

const ref = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }

describe('services/syncmaster/src/domain/plan/tracking', () => {
  it('writes the id as Argo CD does', () => {
    expect(formatTracking('front', ref, 'elsewhere')).toBe('front:apps/Deployment:shop/web')
    expect(formatTracking('front', { ...ref, group: '', kind: 'Service' }, '')).toBe('front:/Service:shop/web')
    expect(formatTracking('front', { ...ref, namespace: '' }, 'shop')).toBe('front:apps/Deployment:shop/web')
  })

  it('splits on the first two colons, both later parts holding one slash', () => {
    expect(parseTracking('front:rbac.authorization.k8s.io/ClusterRole:shop/system:reader')).toEqual({
      instance: 'front',
      group: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      namespace: 'shop',
      name: 'system:reader',
    })
    for (const malformed of [
      undefined,
      '',
      'front',
      'front:x',
      'front:apps/Deployment',
      'f:a/b/c:d/e',
      'f:a/b:c',
      ':a/b:c/d',
    ])
      expect(parseTracking(malformed)).toBeUndefined()
  })

  it('knows a copy: its id speaks of another object', () => {
    const own = parseTracking('front:apps/Deployment:shop/web')!
    expect(describes(own, ref)).toBe(true)
    expect(describes(own, { ...ref, name: 'web-copy' })).toBe(false)
    expect(describes(own, { ...ref, namespace: 'other' })).toBe(false)
    expect(describes(own, { ...ref, namespace: '' })).toBe(true)
    expect(instanceOf('front:apps/Deployment:shop/web', ref)).toBe('front')
    expect(instanceOf('front:apps/Deployment:shop/api', ref)).toBeUndefined()
  })
})
