import { parseApplication } from '../application/application'
import { matchesGlob } from './glob'
import { parseProject } from './project'
import { checkDeclaration, objectDenied, permitsDestination, permitsRepository } from './rules'

const cluster = { name: 'prod', server: 'https://prod.test' }
const project = (spec: object) => parseProject({ metadata: { name: 'team' }, spec })
const everything = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] }

const application = (spec: object = {}, namespace = 'argocd') =>
  parseApplication({
    metadata: { uid: 'u', name: 'shop', namespace },
    spec: {
      project: 'team',
      source: { repoURL: 'https://git.test/shop.git', path: '.' },
      destination: { server: 'https://prod.test', namespace: 'shop' },
      ...spec,
    },
  })
const check = (spec: object, declared = application()) =>
  checkDeclaration({
    application: declared,
    project: project(spec),
    controlNamespace: 'argocd',
    cluster,
    clusterProblem: undefined,
  })

describe('services/syncmaster/src/domain/project/rules', () => {
  it('A10 lets through what the project permits', () => {
    expect(check(everything)).toEqual([])
  })

  it('names the missing project', () => {
    const problems = checkDeclaration({
      ...{
        application: application(),
        project: undefined,
        controlNamespace: 'argocd',
        cluster,
        clusterProblem: undefined,
      },
    })
    expect(problems).toEqual(['application references project team which does not exist; create AppProject team'])
  })

  it('names repository, destination and project of what it refuses', () => {
    expect(
      check({
        sourceRepos: ['https://git.test/other.git'],
        destinations: [{ server: 'https://dev.test', namespace: '*' }],
      }),
    ).toEqual([
      "application repo https://git.test/shop.git is not permitted in project 'team'",
      "application destination server 'https://prod.test' and namespace 'shop' do not match any of the allowed destinations in project 'team'",
    ])
  })

  it('asks for a whole source', () => {
    const incomplete = application({ source: { repoURL: 'https://git.test/shop.git' } })
    expect(check(everything, incomplete)[0]).toContain('spec.source.repoURL and either spec.source.path')
    const none = application({ source: undefined })
    expect(check(everything, none)[0]).toContain('are required')
    const chart = application({ source: { repoURL: 'https://charts.test', chart: 'web' } })
    expect(check(everything, chart)).toEqual(['spec.source.targetRevision is required for chart web'])
  })

  it('takes Applications of other namespaces only where sourceNamespaces says so, by glob or expression', () => {
    const foreign = application({}, 'team-a')
    expect(check(everything, foreign)[0]).toContain("is not allowed to use project 'team'")
    for (const pattern of ['team-*', '/^team-[ab]$/'])
      expect(check({ ...everything, sourceNamespaces: [pattern] }, foreign)).toEqual([])
    expect(check({ ...everything, sourceNamespaces: ['/[/'] }, foreign)).toHaveLength(1)
  })

  it('tells a declaration that can not be read by its field', () => {
    const unreadable = application({ syncPolicy: { retry: { limit: 'many' } } })
    expect(check(everything, unreadable)[0]).toMatch(/^spec\.syncPolicy\.retry\.limit can not be read/)
  })

  it.each([
    [['*'], true],
    [['https://git.test/*'], true],
    [['https://git.test/*/*'], false],
    [['https://git.test/**'], true],
    [['HTTPS://GIT.TEST/SHOP'], true],
    [['*', '!https://git.test/shop.git'], false],
    [['!https://git.test/other.git'], true],
    [[], false],
  ])('repositories %j permit ours: %s', (sourceRepos, permitted) => {
    expect(permitsRepository(project({ sourceRepos }), 'https://git.test/shop.git')).toBe(permitted)
  })

  it.each([
    [[{ server: '*', namespace: 'shop' }], true],
    [[{ server: '*', namespace: 'other' }], false],
    [[{ name: 'prod', namespace: '*' }], true],
    [[{ server: '*', namespace: '!kube-*' }], true],
    [
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!shop' },
      ],
      false,
    ],
    [
      [
        { server: '!https://prod.test', namespace: '*' },
        { server: '*', namespace: '*' },
      ],
      false,
    ],
    [[{ server: 'https://*', namespace: 's*p' }], true],
    [[], false],
  ])('destinations %j permit ours: %s', (destinations, permitted) => {
    expect(permitsDestination(project({ destinations }), cluster, 'shop')).toBe(permitted)
  })

  describe('kinds', () => {
    const role = {
      group: 'rbac.authorization.k8s.io',
      version: 'v1',
      kind: 'ClusterRole',
      namespace: '',
      name: 'reader',
    }
    const map = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' }
    const denied = (spec: object, ref: typeof role, namespaced: boolean) =>
      objectDenied(project({ ...everything, ...spec }), cluster, ref, namespaced)

    it('cluster-scoped ones need to be listed', () => {
      expect(denied({}, role, false)).toContain(
        'rbac.authorization.k8s.io:ClusterRole is not permitted in project team',
      )
      expect(denied({ clusterResourceWhitelist: [{ group: '*', kind: '*' }] }, role, false)).toBeUndefined()
      const named = { group: '*', kind: 'ClusterRole', name: 'writer' }
      expect(denied({ clusterResourceWhitelist: [named] }, role, false)).toBeDefined()
    })

    it('namespaced ones are free where there is no list, and none where it is empty', () => {
      expect(denied({}, map, true)).toBeUndefined()
      expect(denied({ namespaceResourceWhitelist: [] }, map, true)).toBeDefined()
      expect(denied({ namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] }, map, true)).toBeDefined()
    })

    it('need their namespace permitted, too', () => {
      const elsewhere = { destinations: [{ server: '*', namespace: 'other' }] }
      expect(denied(elsewhere, map, true)).toBe("namespace shop is not permitted in project 'team'")
    })
  })

  it('globs know sets, alternatives and separators', () => {
    expect(matchesGlob('{a,b}-[0-9]', 'b-3')).toBe(true)
    expect(matchesGlob('a?c', 'abc')).toBe(true)
    expect(matchesGlob('a*', 'a/b')).toBe(true)
    expect(matchesGlob('a*', 'a/b', '/')).toBe(false)
    expect(matchesGlob('{a', '{a')).toBe(true)
    expect(matchesGlob('a.c', 'abc')).toBe(false)
  })
})
