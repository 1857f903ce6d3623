import type { ClusterEntry } from '../routing/clusters'
import type { Application, Project } from './project'
import { clusterDenial, permitsDestination, permitsKind, projectDenial } from './project-rules'

const project: Project = {
  name: 'shop',
  destinations: [{ server: '*', name: '', namespace: '*' }],
  sourceNamespaces: [],
  clusterResourceWhitelist: [],
  clusterResourceBlacklist: [],
  namespaceResourceWhitelist: undefined,
  namespaceResourceBlacklist: [],
  permitOnlyProjectScopedClusters: false,
}
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

function destinations(...patterns: Partial<Project['destinations'][number]>[]): Project {
  return { ...project, destinations: patterns.map((one) => ({ server: '', name: '', namespace: '*', ...one })) }
}

describe('services/accesspoint/src/domain/access/project-rules', () => {
  it.each([
    ['any server', destinations({ server: '*' }), true],
    ['this server, a slash more', destinations({ server: 'https://east.test/' }), true],
    ['another server', destinations({ server: 'https://west.test' }), false],
    ['this name', destinations({ name: 'ea*' }), true],
    ['a namespace by glob', destinations({ server: '*', namespace: 'sh*' }), true],
    ['another namespace', destinations({ server: '*', namespace: 'kube-*' }), false],
    ['none', destinations(), false],
    ['all but this namespace', destinations({ server: '*', namespace: '!shop' }), false],
    ['all but another namespace', destinations({ server: '*', namespace: '!kube-system' }), true],
    [
      'a denial of this server beside a permission of all',
      destinations({ server: '*' }, { server: '!https://east.test' }),
      false,
    ],
    [
      'a denial of another server beside a permission of all',
      destinations({ server: '*' }, { server: '!https://west*' }),
      true,
    ],
  ])('A10 a project that lists %s', (_, given, permitted) => {
    expect(permitsDestination(given, cluster, 'shop')).toBe(permitted)
  })

  it('A10 counts a cluster of the project as one of its destinations, and no other when it says so', () => {
    const own = { ...cluster, project: 'shop' }
    expect(permitsDestination(destinations(), own, 'any')).toBe(true)
    expect(permitsDestination({ ...project, permitOnlyProjectScopedClusters: true }, cluster, 'shop')).toBe(false)
    expect(permitsDestination({ ...project, permitOnlyProjectScopedClusters: true }, own, 'shop')).toBe(true)
  })

  it('A10 permits a cluster-scoped kind only where it is listed and not denied', () => {
    const listed = { ...project, clusterResourceWhitelist: [{ group: '*', kind: '*' }] }
    expect(permitsKind(project, role)).toBe(false)
    expect(permitsKind(listed, role)).toBe(true)
    expect(permitsKind({ ...listed, clusterResourceBlacklist: [{ group: '*', kind: 'ClusterRole' }] }, role)).toBe(
      false,
    )
    const named = { ...project, clusterResourceWhitelist: [{ group: '*', kind: 'ClusterRole', name: 'w*' }] }
    expect(permitsKind(named, role)).toBe(true)
    expect(permitsKind(named, { ...role, name: 'other' })).toBe(false)
  })

  it('A10 permits every namespaced kind without a list, none with an empty one, minus what is denied', () => {
    expect(permitsKind(project, deployment)).toBe(true)
    expect(permitsKind({ ...project, namespaceResourceWhitelist: [] }, deployment)).toBe(false)
    expect(permitsKind({ ...project, namespaceResourceBlacklist: [{ group: 'apps', kind: '*' }] }, deployment)).toBe(
      false,
    )
  })

  it('denies by name what is being created, since its name is not known yet', () => {
    const guarded = {
      ...project,
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      clusterResourceBlacklist: [{ group: '*', kind: 'ClusterRole', name: 'admin' }],
    }
    expect(permitsKind(guarded, role)).toBe(true)
    expect(permitsKind(guarded, { ...role, name: '' })).toBe(false)
  })

  it('A10 takes applications of other namespaces only where it lists them', () => {
    const foreign = { ...application, namespace: 'team-a' }
    const denied = projectDenial(project, foreign, cluster, deployment, 'argocd')
    expect(denied).toMatchObject({ rule: 'project:shop:sourceNamespaces' })
    const listed = { ...project, sourceNamespaces: ['/^team-[a-z]$/'] }
    expect(projectDenial(listed, foreign, cluster, deployment, 'argocd')).toBeUndefined()
  })

  it('names the rule and what to change', () => {
    expect(projectDenial(project, application, cluster, role, 'argocd')).toEqual({
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
