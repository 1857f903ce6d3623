import { parseProject } from '@k8or/projects'
import type { ClusterEntry } from '../routing/clusters'
import type { Application } from './application'
import { clusterDenial, projectDenial } from './project-rules'

const project = (spec: object = {}) =>
  parseProject({ metadata: { name: 'shop' }, spec: { destinations: [{ server: '*', namespace: '*' }], ...spec } })
const cluster: ClusterEntry = {
  ...{ name: 'east', server: 'https://east.test', labels: {}, namespaces: [], clusterResources: false },
  ...{ project: '', isHub: false },
}
const application: Application = {
  ...{ uid: 'u', namespace: 'argocd', name: 'web', project: 'shop' },
  destination: { server: '', name: 'east', namespace: 'shop' },
}
const deployment = { group: 'apps', kind: 'Deployment', namespaced: true, namespace: 'shop', name: 'web' }
const role = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', namespaced: false, namespace: '', name: 'wide' }

describe('services/accesspoint/src/domain/access/project-rules', () => {
  it('A10 takes applications of other namespaces only where it lists them', () => {
    const foreign = { ...application, namespace: 'team-a' }
    expect(projectDenial(project(), foreign, cluster, deployment, 'argocd')).toMatchObject({
      rule: 'project:shop:sourceNamespaces',
    })
    const listed = project({ sourceNamespaces: ['/^team-[a-z]$/'] })
    expect(projectDenial(listed, foreign, cluster, deployment, 'argocd')).toBeUndefined()
  })

  it('A10 judges where the application goes, and where the object goes', () => {
    const narrow = project({ destinations: [{ server: '*', namespace: 'shop' }] })
    expect(projectDenial(narrow, application, cluster, deployment, 'argocd')).toBeUndefined()
    const elsewhere = { ...deployment, namespace: 'bank' }
    expect(projectDenial(narrow, application, cluster, elsewhere, 'argocd')).toMatchObject({
      rule: 'project:shop:destinations',
      reason: expect.stringContaining("namespace bank is not permitted in project 'shop'"),
    })
    const moved = { ...application, destination: { ...application.destination, namespace: 'bank' } }
    expect(projectDenial(narrow, moved, cluster, deployment, 'argocd')?.reason).toContain("and namespace 'bank'")
  })

  it('names the rule and what to change', () => {
    expect(projectDenial(project(), application, cluster, role, 'argocd')).toEqual({
      rule: 'project:shop:clusterResourceWhitelist',
      reason:
        'resource rbac.authorization.k8s.io:ClusterRole is not permitted in project shop; extend clusterResourceWhitelist of AppProject shop',
    })
  })

  it('A12 keeps to the namespaces that a cluster is managed in', () => {
    const narrow = { ...cluster, namespaces: ['shop'] }
    expect(clusterDenial(narrow, deployment)).toBeUndefined()
    expect(clusterDenial(narrow, { ...deployment, namespace: 'bank' })).toMatchObject({ rule: 'cluster:namespaces' })
    expect(clusterDenial(narrow, role)).toMatchObject({ rule: 'cluster:clusterResources' })
    expect(clusterDenial({ ...narrow, clusterResources: true }, role)).toBeUndefined()
  })
})
