import { mangled } from '@k8or/rig'
import fc from 'fast-check'
import { hasManySources, parseApplication, projectOf, sourcesOf } from './application'
import { attentionDigest, declarationOf, nextDeclaration, saysMore } from './declaration'
import { automationOf, SyncOptions } from './policy'

const parse = (spec: object = {}, more: { metadata?: object; status?: object; operation?: object } = {}) =>
  parseApplication({
    metadata: { uid: 'u', name: 'shop', namespace: 'argocd', resourceVersion: '7', ...more.metadata },
    spec: { source: { repoURL: 'r', path: 'p' }, destination: { name: 'prod' }, ...spec },
    ...(more.status ? { status: more.status } : {}),
    ...(more.operation ? { operation: more.operation } : {}),
  })

describe('services/syncmaster/src/domain/application/application', () => {
  it('reads defaults as Argo CD does', () => {
    const application = parse({ syncPolicy: { automated: {} } })
    expect(projectOf(application.spec)).toBe('default')
    expect(application.spec.destination).toEqual({ server: '', name: 'prod', namespace: '' })
    expect(automationOf(application.spec)).toEqual({
      automated: true,
      prune: false,
      selfHeal: false,
      allowEmpty: false,
    })
    expect(automationOf(parse().spec).automated).toBe(false)
    expect(automationOf(parse({ syncPolicy: { automated: { enabled: false, prune: true } } }).spec)).toMatchObject({
      automated: false,
      prune: false,
    })
  })

  it('lets sources win over source, and drops empty tool blocks', () => {
    const { spec } = parse({
      sources: [
        { repoURL: 'a', path: 'x', directory: {} },
        { repoURL: 'b', helm: { values: 'v' } },
      ],
    })
    expect(hasManySources(spec)).toBe(true)
    expect(sourcesOf(spec)).toMatchObject([{ repoURL: 'a' }, { repoURL: 'b', helm: { values: 'v' } }])
    expect(sourcesOf(spec)[0]).not.toHaveProperty('directory')
  })

  it('tolerates what it does not know, in spec and status', () => {
    const application = parse(
      { brandNew: { x: 1 } },
      { status: { sync: 'odd', brandNew: 2, health: { status: 'Healthy', more: 1 } } },
    )
    expect(application.problem).toBeUndefined()
    expect(application.status.health?.status).toBe('Healthy')
  })

  it('names the field that can not be read', () => {
    expect(parse({ project: 3 }).problem).toMatch(/^spec\.project can not be read/)
    expect(parse({}, { operation: { sync: { prune: 'yes' } } }).problem).toMatch(/^operation\.sync\.prune/)
  })

  it('reads sync options from lists and annotations', () => {
    const options = new SyncOptions(['CreateNamespace=true', ' PruneLast=false ', 'odd'])
    expect(options.has('CreateNamespace')).toBe(true)
    expect(options.has('PruneLast')).toBe(false)
    expect(SyncOptions.ofAnnotation('Prune=false,Replace=true').get('Prune')).toBe('false')
    expect(SyncOptions.ofAnnotation(undefined).get('Prune')).toBeUndefined()
  })

  describe('declaration', () => {
    it('has a digest over project, destination and sources alone', () => {
      const digest = (spec: object) => declarationOf(parse(spec), 'argocd').specDigest
      expect(digest({ syncPolicy: { automated: {} } })).toBe(digest({}))
      expect(digest({ project: 'default' })).toBe(digest({}))
      expect(digest({ source: { repoURL: 'r', path: 'q' } })).not.toBe(digest({}))
    })

    it('is announced when it is new, changed, or people ask to look again', () => {
      const now = new Date()
      const known = nextDeclaration(parse(), 'argocd', undefined, now)
      expect(saysMore(known, undefined)).toBe(true)
      expect(saysMore(nextDeclaration(parse(), 'argocd', known, now), known)).toBe(false)
      const asked = parse({}, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } })
      const refreshed = nextDeclaration(asked, 'argocd', known, now)
      expect(refreshed.refresh).toBe('normal@7')
      expect(saysMore(refreshed, known)).toBe(true)
      expect(nextDeclaration(parse(), 'argocd', refreshed, now).refresh).toBe('normal@7')
    })

    it('does not take its own status for a change', () => {
      const digest = attentionDigest(parse())
      expect(
        attentionDigest(parse({}, { status: { sync: { status: 'Synced' } }, metadata: { resourceVersion: '8' } })),
      ).toBe(digest)
      expect(attentionDigest(parse({}, { operation: { sync: {} } }))).not.toBe(digest)
      expect(attentionDigest(parse({}, { metadata: { deletionTimestamp: 'now' } }))).not.toBe(digest)
      expect(attentionDigest(parse({ syncPolicy: { automated: {} } }))).not.toBe(digest)
    })
  })

  it('reads whatever people declare, or names the field', () => {
    const source = { repoURL: 'https://git.test/a.git', path: 'a', helm: { parameters: [{ name: 'a', value: 'b' }] } }
    const automated = { prune: true, selfHeal: false }
    const syncPolicy = { automated, syncOptions: ['A=b'], retry: { limit: 2, backoff: { duration: '5s', factor: 2 } } }
    const declared = {
      spec: { project: 'p', source, sources: [source], destination: { name: 'c', namespace: 'n' }, syncPolicy },
      operation: {
        sync: { revision: 'main', resources: [{ kind: 'A', name: 'b' }] },
        info: [{ name: 'a', value: 'b' }],
      },
      status: { sync: { status: 'Synced' }, history: [{ id: 1 }], conditions: [{ type: 'a', message: 'b' }] },
    }
    const metadata = { uid: 'u', name: 'shop', namespace: 'argocd' }
    fc.assert(
      fc.property(mangled(declared), (wrong) => {
        const application = parseApplication({ ...(wrong as object), metadata })
        expect(application.problem ?? 'spec').toMatch(/^(spec|operation)/)
        declarationOf(application, 'argocd')
        attentionDigest(application)
      }),
    )
  })
})
