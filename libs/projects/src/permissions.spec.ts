import { mangled } from '@k8or/rig'
import fc from 'fast-check'
import {
  denyObject,
  destinationDenied,
  permitsApplicationNamespace,
  permitsDestination,
  permitsKind,
  permitsRepository,
} from './permissions'
import { parseProject, readProject } from './project'

const cluster = { name: 'east', server: 'https://east.test' }
const project = (spec: object) => parseProject({ metadata: { name: 'shop' }, spec })
const open = { destinations: [{ server: '*', namespace: '*' }] }
const deployment = { group: 'apps', kind: 'Deployment', namespaced: true, namespace: 'shop', name: 'web' }
const role = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', namespaced: false, namespace: '', name: 'wide' }
const everyKind = [{ group: '*', kind: '*' }]

describe('libs/projects/src/permissions', () => {
  it.each([
    ['any server', [{ server: '*', namespace: '*' }], true],
    ['this server, a slash more', [{ server: 'https://east.test/', namespace: '*' }], true],
    ['this server by glob', [{ server: 'https://*', namespace: 's*p' }], true],
    ['another server', [{ server: 'https://west.test', namespace: '*' }], false],
    ['this name', [{ name: 'ea*', namespace: '*' }], true],
    ['another namespace', [{ server: '*', namespace: 'kube-*' }], false],
    ['no namespace', [{ server: '*' }], false],
    ['none', [], false],
    ['null', null, false],
    ['all but this namespace', [{ server: '*', namespace: '!shop' }], false],
    ['all but another namespace', [{ server: '*', namespace: '!kube-system' }], true],
    [
      'a denial of this namespace beside a permission of all',
      [...open.destinations, { server: '*', namespace: '!shop' }],
      false,
    ],
    [
      'a denial of this server beside a permission of all',
      [...open.destinations, { server: '!https://east.test/', namespace: '*' }],
      false,
    ],
    [
      'a denial of another server beside a permission of all',
      [...open.destinations, { server: '!https://west*', namespace: '*' }],
      true,
    ],
  ])('A10 permits a destination or not where it lists %s', (_, destinations, permitted) => {
    expect(permitsDestination(project({ destinations }), cluster, 'shop')).toBe(permitted)
  })

  it('A10 counts a cluster of the project as one of its destinations, and no other when it says so', () => {
    const own = { ...cluster, project: 'shop' }
    const scoped = project({ ...open, permitOnlyProjectScopedClusters: true })
    expect(permitsDestination(project({}), own, 'any')).toBe(true)
    expect(permitsDestination(project({}), { ...cluster, project: 'bank' }, 'any')).toBe(false)
    expect(permitsDestination(scoped, cluster, 'shop')).toBe(false)
    expect(permitsDestination(scoped, own, 'shop')).toBe(true)
  })

  it.each([
    [['*'], true],
    [['https://git.test/*'], true],
    [['https://git.test/*/*'], false],
    [['https://git.test/**'], true],
    [['HTTPS://GIT.TEST/SHOP'], true],
    [['*', '!https://git.test/shop.git'], false],
    [['*', '!https://git.test/sh*'], false],
    [['!https://git.test/other.git'], true],
    [[], false],
  ])('A10 the repositories %j permit ours: %s', (sourceRepos, permitted) => {
    expect(permitsRepository(project({ sourceRepos }), 'https://git.test/shop.git')).toBe(permitted)
  })

  it('A10 compares repositories of ssh in both of its forms', () => {
    const sourceRepos = ['git@git.test:team/*']
    expect(permitsRepository(project({ sourceRepos }), 'ssh://git@git.test/team/shop.git')).toBe(true)
    expect(permitsRepository(project({ sourceRepos }), 'git@git.test:other/shop')).toBe(false)
  })

  it('A10 permits a cluster-scoped kind only where it is listed and not denied', () => {
    expect(permitsKind(project({}), role)).toBe(false)
    expect(permitsKind(project({ clusterResourceWhitelist: everyKind }), role)).toBe(true)
    const clusterResourceBlacklist = [{ group: '*', kind: 'ClusterRole' }]
    expect(permitsKind(project({ clusterResourceWhitelist: everyKind, clusterResourceBlacklist }), role)).toBe(false)
    const named = project({ clusterResourceWhitelist: [{ group: '*', kind: 'ClusterRole', name: 'w*' }] })
    expect(permitsKind(named, role)).toBe(true)
    expect(permitsKind(named, { ...role, name: 'other' })).toBe(false)
  })

  it('A10 permits every namespaced kind without a list, none with an empty one, minus what is denied', () => {
    expect(permitsKind(project({}), deployment)).toBe(true)
    expect(permitsKind(project({ namespaceResourceWhitelist: null }), deployment)).toBe(true)
    expect(permitsKind(project({ namespaceResourceWhitelist: [] }), deployment)).toBe(false)
    expect(permitsKind(project({ namespaceResourceBlacklist: [{ group: 'apps', kind: '*' }] }), deployment)).toBe(false)
  })

  it('denies by name what is being created, since its name is not known yet', () => {
    const guarded = project({
      clusterResourceWhitelist: everyKind,
      clusterResourceBlacklist: [{ group: '*', kind: 'ClusterRole', name: 'admin' }],
    })
    expect(permitsKind(guarded, role)).toBe(true)
    expect(permitsKind(guarded, { ...role, name: '' })).toBe(false)
  })

  it('A10 takes applications of other namespaces only where it lists them, by glob or expression', () => {
    expect(permitsApplicationNamespace(project({}), 'argocd', 'argocd')).toBe(true)
    expect(permitsApplicationNamespace(project({}), 'team-a', 'argocd')).toBe(false)
    for (const pattern of ['team-*', '/^team-[ab]$/'])
      expect(permitsApplicationNamespace(project({ sourceNamespaces: [pattern] }), 'team-a', 'argocd')).toBe(true)
    expect(permitsApplicationNamespace(project({ sourceNamespaces: ['/[/'] }), 'team-a', 'argocd')).toBe(false)
  })

  it('names the field that says no, kind before namespace', () => {
    expect(denyObject(project(open), cluster, deployment)).toBeUndefined()
    expect(denyObject(project(open), cluster, role)).toEqual({
      field: 'clusterResourceWhitelist',
      reason: 'resource rbac.authorization.k8s.io:ClusterRole is not permitted in project shop',
    })
    expect(denyObject(project({}), cluster, deployment)).toEqual({
      field: 'destinations',
      reason: "namespace shop is not permitted in project 'shop'",
    })
    expect(destinationDenied(project({}), cluster, 'shop')).toContain("server 'https://east.test' and namespace 'shop'")
  })

  it('permits nothing by a project that can not be read', () => {
    const closed = readProject({ metadata: { name: 'shop' }, spec: { destinations: 'all' } })
    expect(closed.problem).toMatch(/^spec\.destinations: .*expected array/)
    expect(permitsDestination(closed, cluster, 'shop')).toBe(false)
    expect(permitsKind(closed, deployment)).toBe(false)
    expect(permitsRepository(closed, 'https://git.test/shop.git')).toBe(false)
  })

  it('reads whatever a project declares, or permits nothing and names the field', () => {
    const pattern = { server: '*', name: '', namespace: '*' }
    const kinds = [{ group: '*', kind: '*', name: 'a' }]
    const spec = {
      ...{
        sourceRepos: ['*'],
        destinations: [pattern],
        sourceNamespaces: ['/^a$/'],
        namespaceResourceWhitelist: kinds,
      },
      ...{ clusterResourceWhitelist: kinds, clusterResourceBlacklist: kinds, permitOnlyProjectScopedClusters: false },
    }
    fc.assert(
      fc.property(mangled({ spec }), (wrong) => {
        const read = readProject({ ...(wrong as object), metadata: { name: 'shop' } })
        const permits = [permitsKind(read, deployment), permitsRepository(read, 'https://git.test/a.git')]
        permits.push(permitsDestination(read, cluster, 'shop'), permitsApplicationNamespace(read, 'a', 'argocd'))
        if (read.problem !== undefined)
          expect([read.problem.startsWith('spec'), ...permits]).toEqual([true, false, false, false, false])
      }),
    )
  })
})
