import { services } from '@k8or/contracts'
import { parseProject } from '@k8or/projects'
import { parseRequest } from '../request/parse-request'
import { ClusterTable, type ClusterEntry } from '../routing/clusters'
import { person, serviceCaller, type Caller } from './caller'
import { decide, type Decision, type PolicyFacts } from './decide'
import { grants } from './grants'
import type { Application } from './application'

const plain = { labels: {}, namespaces: [], clusterResources: true, project: '' }
const hub: ClusterEntry = { ...plain, name: 'in-cluster', server: 'https://kubernetes.default.svc', isHub: true }
const far: ClusterEntry = { ...plain, name: 'far', server: 'https://far.test', isHub: false }
const table = new ClusterTable([hub, far])
const project = parseProject({
  metadata: { name: 'default' },
  spec: { destinations: [{ server: '*', namespace: '*' }], clusterResourceWhitelist: [{ group: '*', kind: '*' }] },
})
const application: Application = {
  ...{ uid: 'u1', namespace: 'argocd', name: 'web', project: 'default' },
  destination: { server: '', name: 'far', namespace: 'shop' },
}
const facts: PolicyFacts = {
  controlNamespace: 'argocd',
  trouble: undefined,
  isLive: true,
  application: (uid) => (uid === 'u1' ? application : undefined),
  project: (name) => (name === 'default' ? project : undefined),
  clusterOf: (destination) => table.ofDestination(destination),
  hasApplicationsIn: (namespace) => namespace === 'team-a',
}

interface Asked {
  readonly caller?: string
  readonly cluster?: ClusterEntry
  readonly claim?: { application?: string; release?: number; lease?: number }
  readonly fields?: string[]
  readonly facts?: Partial<PolicyFacts>
}

function callerOf(name: string): Caller {
  return serviceCaller(`spiffe://k8or.mesh/svc/${name}`, 'k8or.mesh') ?? person(name)
}

function ask(method: string, target: string, asked: Asked = {}): Decision {
  const claim = { application: undefined, release: undefined, setbacks: 0, lease: undefined, ...asked.claim }
  return decide(
    {
      caller: callerOf(asked.caller ?? 'syncmaster'),
      request: parseRequest(method, target),
      cluster: asked.cluster ?? far,
      claim,
      kind: { kind: 'Deployment', namespaced: true },
      bodyFields: () => asked.fields,
    },
    { ...facts, ...asked.facts },
  )
}

const claim = { application: 'u1', release: 1, setbacks: 0, lease: 1 }
const deployment = '/apis/apps/v1/namespaces/shop/deployments/web'
const status = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/web'

describe('services/accesspoint/src/domain/access/decide', () => {
  it('has a row of rights for every service', () => {
    expect(Object.keys(grants).toSorted()).toEqual(services.toSorted())
  })

  it('C52.1 gives CodeSource, ChartStore and strangers of other trust domains nothing', () => {
    for (const caller of ['codesource', 'chartstore', 'accesspoint'])
      expect(ask('GET', '/version', { caller })).toMatchObject({ allowed: false, rule: `service:${caller}` })
    expect(serviceCaller('spiffe://elsewhere/svc/syncmaster', 'k8or.mesh')).toBeUndefined()
    expect(serviceCaller('spiffe://k8or.mesh/svc/syncmaster/x', 'k8or.mesh')).toBeUndefined()
  })

  it('lets SyncMaster and InsightHub read objects and discovery, but open no channels', () => {
    for (const caller of ['syncmaster', 'insighthub']) {
      for (const path of [
        '/version',
        '/apis/apps/v1',
        '/openapi/v3',
        '/api/v1/pods?watch=1',
        '/api/v1/namespaces/a/pods/p/log',
      ])
        expect(ask('GET', path, { caller })).toMatchObject({ allowed: true, rule: `service:${caller}:read` })
      for (const path of ['/metrics', '/logs/x', '/api/v1/namespaces/a/pods/p/exec', '/api/v1/nodes/n/proxy/pods'])
        expect(ask('GET', path, { caller }).allowed).toBe(false)
    }
  })

  it('C52.7 closes the Secrets of the control namespace on the hub to everybody, by read and by write', () => {
    const path = '/api/v1/namespaces/argocd/secrets'
    for (const caller of [...services, 'admin'])
      for (const [method, target] of [
        ['GET', path],
        ['GET', `${path}?watch=1`],
        ['PATCH', `${path}/a`],
        ['DELETE', path],
      ] as const)
        expect(ask(method, target, { caller, cluster: hub, claim })).toMatchObject({
          allowed: false,
          rule: 'control-secrets',
        })
    expect(ask('GET', path, { cluster: far }).allowed).toBe(true)
    expect(ask('GET', '/api/v1/secrets', { cluster: hub }).fieldSelector).toBe('metadata.namespace!=argocd')
    expect(ask('GET', '/api/v1/secrets', { cluster: hub, caller: 'admin' }).fieldSelector).toBe(
      'metadata.namespace!=argocd',
    )
    expect(ask('GET', '/api/v1/secrets', { cluster: far }).fieldSelector).toBeUndefined()
  })

  it('C52.2 allows a mutation where application, project and destination agree', () => {
    expect(ask('PATCH', deployment, { claim })).toMatchObject({ allowed: true, rule: 'project:default', application })
    expect(ask('PATCH', deployment, { claim, cluster: hub })).toMatchObject({
      allowed: false,
      rule: 'application-destination',
    })
    expect(ask('PATCH', deployment, { claim, caller: 'insighthub' })).toMatchObject({
      allowed: false,
      rule: 'default-deny',
    })
    expect(ask('PATCH', `${deployment}/scale`, { claim })).toMatchObject({ allowed: false, rule: 'default-deny' })
    expect(ask('DELETE', '/apis/apps/v1/namespaces/shop/deployments', { claim })).toMatchObject({ allowed: false })
    expect(ask('POST', '/api/v1/namespaces/shop/pods/p/exec', { claim })).toMatchObject({ allowed: false })
  })

  it('refuses a mutation that does not say what it is for, or is for nothing that is declared', () => {
    expect(ask('PATCH', deployment)).toMatchObject({ allowed: false, rule: 'application-missing' })
    expect(ask('PATCH', deployment, { claim: { application: 'u1' } })).toMatchObject({
      allowed: false,
      rule: 'fence-missing',
    })
    expect(ask('PATCH', deployment, { claim: { ...claim, application: 'u2' } })).toMatchObject({
      rule: 'application-unknown',
    })
    expect(ask('PATCH', deployment, { claim, facts: { project: () => undefined } })).toMatchObject({
      rule: 'project-unknown',
    })
  })

  it('C52.9 denies mutations while the policy can not be read, as a denial that may pass', () => {
    const denied = ask('PATCH', deployment, { claim, facts: { trouble: 'the hub does not answer' } })
    expect(denied).toMatchObject({ allowed: false, rule: 'policy-unreadable', isPassing: true })
  })

  it('tells a denial by declarations that may be out of date from one that stands', () => {
    const unknown = { claim: { ...claim, application: 'u2' } }
    expect(ask('PATCH', deployment, unknown).isPassing).toBeUndefined()
    expect(ask('PATCH', deployment, { ...unknown, facts: { isLive: false } })).toMatchObject({
      allowed: false,
      isPassing: true,
    })
    expect(ask('PATCH', deployment, { claim, cluster: hub, facts: { isLive: false } }).isPassing).toBe(true)
    expect(ask('PATCH', deployment, { claim, facts: { isLive: false } })).toMatchObject({ allowed: true })
  })

  it('lets SyncMaster patch of an Application what is its own, where there are Applications', () => {
    const own = { cluster: hub, fields: ['status', 'metadata.annotations'] }
    expect(ask('PATCH', status, own)).toMatchObject({ allowed: true, rule: 'service:syncmaster:application-status' })
    expect(ask('PATCH', status, { ...own, fields: ['status', 'spec'] }).reason).toContain(
      'field spec belongs to people',
    )
    expect(ask('PATCH', status, { cluster: hub }).reason).toContain('not a JSON merge patch')
    expect(ask('PATCH', status.replace('argocd', 'team-a'), own).allowed).toBe(true)
    expect(ask('PATCH', status.replace('argocd', 'team-b'), own).allowed).toBe(false)
    expect(ask('PATCH', status, { ...own, cluster: far }).allowed).toBe(false)
    expect(ask('DELETE', status, own).allowed).toBe(false)
    expect(ask('PATCH', status, { ...own, caller: 'insighthub' }).allowed).toBe(false)
  })

  it('lets SyncMaster make Events beside Applications only', () => {
    expect(ask('POST', '/api/v1/namespaces/argocd/events', { cluster: hub }).allowed).toBe(true)
    expect(ask('POST', '/api/v1/namespaces/kube-system/events', { cluster: hub }).allowed).toBe(false)
    expect(ask('POST', '/api/v1/namespaces/argocd/configmaps', { cluster: hub }).allowed).toBe(false)
  })

  it('lets people with the token do everything else', () => {
    expect(ask('DELETE', deployment, { caller: 'admin', cluster: hub })).toMatchObject({
      allowed: true,
      rule: 'people:admin',
    })
  })
})
