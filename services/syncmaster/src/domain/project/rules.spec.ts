import { parseProject } from '@k8or/projects'
import { parseApplication } from '../application/application'
import { checkDeclaration, objectDenied } from './rules'

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

  it('refuses a hydrator by name', () => {
    const hydrated = application({ sourceHydrator: { drySource: { repoURL: 'r', path: 'p' } } })
    expect(check(everything, hydrated)).toEqual([expect.stringContaining('spec.sourceHydrator is not supported yet')])
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

  it('A10 names what of an object the project does not permit', () => {
    const map = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' }
    expect(objectDenied(project(everything), cluster, map, true)).toBeUndefined()
    const elsewhere = { destinations: [{ server: '*', namespace: 'other' }] }
    expect(objectDenied(project(elsewhere), cluster, map, true)).toBe(
      "namespace shop is not permitted in project 'team'",
    )
    expect(objectDenied(project(everything), cluster, { ...map, kind: 'Node', namespace: '' }, false)).toBe(
      'resource Node is not permitted in project team',
    )
  })
})
