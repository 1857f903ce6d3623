import fc from 'fast-check'
import { HostilePathError, targetOf } from './kube-request'
import { parseRequest } from './parse-request'

const word = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/)
const plural = word.filter((one) => one !== 'watch' && one !== 'proxy' && one !== 'status' && one !== 'finalize')

function read(method: string, target: string): string {
  const { verb, resource } = parseRequest(method, target)
  if (!resource) return `${verb} none`
  const { group, version, plural: kind, namespace, name, subresource } = resource
  return `${verb} ${group}/${version} ${kind} ${namespace}/${name} ${subresource}`.trimEnd()
}

describe('services/accesspoint/src/domain/request/parse-request', () => {
  it.each([
    ['GET', '/api/v1/namespaces/shop/configmaps', 'list /v1 configmaps shop/'],
    ['GET', '/api/v1/namespaces/shop/configmaps?watch=1', 'watch /v1 configmaps shop/'],
    ['GET', '/api/v1/namespaces/shop/configmaps?watch=', 'watch /v1 configmaps shop/'],
    ['GET', '/api/v1/namespaces/shop/configmaps?watch=False', 'list /v1 configmaps shop/'],
    ['GET', '/api/v1/configmaps', 'list /v1 configmaps /'],
    ['GET', '/apis/apps/v1/namespaces/shop/deployments/web', 'get apps/v1 deployments shop/web'],
    ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/web/scale', 'patch apps/v1 deployments shop/web scale'],
    ['POST', '/apis/apps/v1/namespaces/shop/deployments', 'create apps/v1 deployments shop/'],
    ['PUT', '/api/v1/namespaces/shop/pods/a', 'update /v1 pods shop/a'],
    ['DELETE', '/api/v1/namespaces/shop/pods/a', 'delete /v1 pods shop/a'],
    ['DELETE', '/api/v1/namespaces/shop/pods', 'deletecollection /v1 pods shop/'],
    ['GET', '/api/v1/namespaces/shop', 'get /v1 namespaces /shop'],
    ['PUT', '/api/v1/namespaces/shop/finalize', 'update /v1 namespaces /shop finalize'],
    ['GET', '/api/v1/namespaces/shop/pods/a/exec?command=sh', 'other /v1 pods shop/a exec'],
    ['GET', '/api/v1/namespaces/shop/services/web/proxy/a/b', 'other /v1 services shop/web proxy'],
    [
      'GET',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node',
      'get rbac.authorization.k8s.io/v1 clusterroles /system:node',
    ],
    [
      'GET',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
      'get rbac.authorization.k8s.io/v1 clusterroles /system:node',
    ],
    ['GET', '/', 'get none'],
    ['GET', '/version', 'get none'],
    ['GET', '/apis/apps/v1', 'get none'],
    ['POST', '/version', 'other none'],
  ])('understands %s %s', (method, target, understood) => {
    expect(read(method, target)).toBe(understood)
  })

  it.each([
    ['GET', 'api/v1/pods'],
    ['GET', 'https://elsewhere/api/v1/pods'],
    ['GET', '//api/v1/pods'],
    ['GET', '/api/v1//pods'],
    ['GET', '/api/v1/pods/'],
    ['GET', '/api/v1/namespaces/a/../b/secrets'],
    ['GET', '/api/v1/namespaces/a/./secrets'],
    ['GET', '/api/v1/namespaces/a/%2e%2e/b/secrets'],
    ['GET', '/api/v1/namespaces/a%2fsecrets'],
    ['GET', '/api/v1/namespaces/a%2Fb/secrets'],
    ['GET', '/api/v1/namespaces/a%5cb/secrets'],
    ['GET', '/api/v1/namespaces/a\\b/secrets'],
    ['GET', '/api/v1/namespaces/a%252f/secrets'],
    ['GET', '/api/v1/namespaces/a%00/secrets'],
    ['GET', '/api/v1/namespaces/a%0d%0a/secrets'],
    ['GET', '/api/v1/namespaces/a%ff/secrets'],
    ['GET', '/api/v1/namespaces/a b/secrets'],
    ['GET', '/api/v1/namespaces/ä/secrets'],
    ['GET', '/api/v1/pods#fragment'],
    ['GET', '/api/v1/pods?a=1;watch=true'],
    ['GET', '/api/v1/watch/namespaces/argocd/secrets'],
    ['GET', '/api/v1/proxy/nodes/a'],
    ['GET', '/api/V1/pods'],
    ['GET', '/api/v1/namespaces/A/pods'],
    ['GET', '/api/v1/namespaces/shop/pods/a/log/b'],
    ['CONNECT', '/api/v1/pods'],
    ['OPTIONS', '/api/v1/pods'],
    ['GET', `/api/v1/pods?a=${'x'.repeat(20_000)}`],
  ])('refuses %s %s', (method, target) => {
    expect(() => parseRequest(method, target)).toThrow(HostilePathError)
  })

  it('keeps of a parameter that is given twice the first, which is the one that API servers read', () => {
    const request = parseRequest('GET', '/api/v1/secrets?watch=0&watch=1&fieldSelector=a%3D1&fieldSelector=b%3D2')
    expect(targetOf(request, 'metadata.namespace!=argocd')).toBe(
      '/api/v1/secrets?fieldSelector=a%3D1%2Cmetadata.namespace%21%3Dargocd',
    )
  })

  it('builds the path anew, so that it means the same when it is read again', () => {
    fc.assert(
      fc.property(plural, word, fc.option(fc.string({ minLength: 1, maxLength: 30 })), (kind, namespace, name) => {
        const named = name === null ? '' : `/${encodeURIComponent(name)}`
        const target = `/api/v1/namespaces/${namespace}/${kind}${named}`
        let request
        try {
          request = parseRequest('GET', target)
        } catch (error) {
          expect(error).toBeInstanceOf(HostilePathError)
          return
        }
        const again = parseRequest('GET', targetOf(request))
        expect(again.resource).toEqual(request.resource)
        expect(again.path).toBe(request.path)
        expect(request.resource).toMatchObject({ plural: kind, namespace, name: name ?? '' })
      }),
    )
  })

  it('never sends on what a URL parser would resolve to another path', () => {
    const part = fc.constantFrom(
      'api',
      'v1',
      'namespaces',
      'argocd',
      'secrets',
      '..',
      '.',
      '',
      '%2e',
      '%2E%2e',
      '%2f',
      '%252e',
      '\\',
      ';',
      'a',
      '*',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), fc.constantFrom('GET', 'DELETE'), (parts, method) => {
        let path
        try {
          path = parseRequest(method, `/${parts.join('/')}`).path
        } catch (error) {
          expect(error).toBeInstanceOf(HostilePathError)
          return
        }
        expect(new URL(path, 'https://cluster.test').pathname).toBe(path)
        expect(path).not.toMatch(/\/\/|\/\.{1,2}(\/|$)|%2f|%5c|\\/i)
      }),
      { numRuns: 2_000 },
    )
  })
})
