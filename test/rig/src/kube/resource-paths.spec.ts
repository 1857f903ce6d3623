import { collectionPath, objectPath, parseKey, parseType } from './resource-paths'

const pods = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
const roles = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
}

describe('test/rig/src/kube/resource-paths', () => {
  it('finds objects of the core group and of others, in a namespace and outside', () => {
    expect(objectPath(pods, 'a', 'shop')).toBe('/api/v1/namespaces/shop/pods/a')
    expect(collectionPath(pods)).toBe('/api/v1/pods')
    expect(objectPath(roles, 'system:node')).toBe('/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode')
  })

  it('reads types and keys as people write them', () => {
    expect(parseType('apps/v1/Deployment')).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment' })
    expect(parseKey('shop/web')).toEqual({ namespace: 'shop', name: 'web' })
    expect(parseKey('node-1')).toEqual({ namespace: undefined, name: 'node-1' })
    expect(() => parseType('Pod')).toThrow('"Pod" is not a type')
  })
})
