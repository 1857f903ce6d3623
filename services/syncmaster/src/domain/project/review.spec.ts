import type { KubeObject } from '@k8or/kube-objects'
import { parseProject } from '@k8or/projects'
import { parseApplication } from '../application/application'
import { reviewApplication } from './review'

const source = { repoURL: 'https://git.test/shop.git', path: '.' }
const object = (apiVersion: string, kind: string, more: object = {}, namespace?: string): KubeObject => ({
  ...{ apiVersion, kind, metadata: { name: 'x', ...(namespace ? { namespace } : {}) } },
  ...more,
})
const review = (spec: object, objects: KubeObject[], clusterScoped: string[] = []) =>
  reviewApplication({
    application: parseApplication({
      metadata: { uid: 'u', name: 'shop', namespace: 'argocd' },
      spec: { project: 'team', source, destination: { name: 'prod', namespace: 'shop' } },
    }),
    project: parseProject({ metadata: { name: 'team' }, spec }),
    ...{ cluster: { name: 'prod', server: 'https://prod.test' }, controlNamespace: 'argocd', objects, clusterScoped },
  })

describe('services/syncmaster/src/domain/project/review', () => {
  it('says what a sync would say of declaration and objects', () => {
    const spec = { sourceRepos: ['https://git.test/other.git'], destinations: [{ name: 'prod', namespace: 'shop' }] }
    const { problems, objects } = review(spec, [
      object('v1', 'ConfigMap'),
      object('v1', 'Secret', {}, 'kube-system'),
      object('rbac.authorization.k8s.io/v1', 'ClusterRole'),
    ])
    expect(problems).toEqual(["application repo https://git.test/shop.git is not permitted in project 'team'"])
    expect(objects.map(({ ref, reason }) => [ref.kind, ref.namespace, reason])).toEqual([
      ['ConfigMap', 'shop', undefined],
      ['Secret', 'kube-system', "namespace kube-system is not permitted in project 'team'"],
      ['ClusterRole', '', 'resource rbac.authorization.k8s.io:ClusterRole is not permitted in project team'],
    ])
  })

  it('knows the scope of kinds that the objects define, or that it is told', () => {
    const names = { kind: 'Widget' }
    const definition = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      spec: { group: 'x.test', scope: 'Cluster', names },
    })
    const spec = { sourceRepos: ['*'], destinations: [{ name: '*', namespace: '*' }] }
    const reasons = (objects: KubeObject[], clusterScoped: string[] = []) =>
      review(spec, objects, clusterScoped).objects.map(({ reason }) => reason)
    expect(reasons([definition, object('x.test/v1', 'Widget')])[1]).toContain('x.test:Widget is not permitted')
    expect(reasons([object('x.test/v1', 'Widget')])).toEqual([undefined])
    expect(reasons([object('x.test/v1', 'Widget')], ['x.test/Widget'])[0]).toContain('x.test:Widget is not permitted')
  })
})
