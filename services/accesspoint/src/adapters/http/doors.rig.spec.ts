import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { request as plainRequest } from 'node:http'
import { connect } from 'node:http2'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createClusters, httpsGate, type ClosableGate, type Clusters } from '@k8or/cluster-client'
import { services, type AccessRecorded } from '@k8or/contracts'
import { Clusters as ClusterCalls } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import { Settings } from '@k8or/contracts/rpc/accesspoint/v1/settings'
import {
  createAuthority,
  createKey,
  createRequest,
  issue,
  joinMesh,
  publicKeyOfRequest,
  spiffeIdOf,
} from '@k8or/identity'
import { ForbiddenError, InvalidRequestError, networkCalls, NotFoundError, type Calls } from '@k8or/rpc'
import {
  eventually,
  freePorts,
  removeDir,
  startKube,
  startTestBus,
  tempDir,
  type KubeServer,
  type TestBus,
  installDefinitions,
} from '@k8or/rig'
import { Agent, request } from 'undici'
import { peopleToken, startAccessPoint, type AccessPointUnderTest } from '../../../test/access-point-under-test'
import { accessRecords } from '../../../test/access-records'
import { findBreak } from '../../domain/audit/chain'

const signal = new AbortController().signal
const configMaps = { group: '', version: 'v1', kind: 'ConfigMap' }
const secrets = { group: '', version: 'v1', kind: 'Secret' }
const bearer = { authorization: `Bearer ${peopleToken}` }
const path = '/clusters/in-cluster/api/v1/namespaces/default/configmaps'
const made = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'never-made' } })
const canary = 'canary-1f0c'

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Record<string, unknown>
}

describe('services/accesspoint/src/adapters/http/doors.rig', () => {
  const dir = tempDir('accesspoint')
  let kube: KubeServer
  let bus: TestBus
  let access: AccessPointUnderTest
  let gate: ClosableGate
  let clusters: Clusters
  const agents: Agent[] = []

  beforeAll(async () => {
    ;[kube, bus] = await Promise.all([
      startKube({ dir: join(dir, 'kube'), controllers: false }),
      startTestBus(join(dir, 'bus')),
    ])
    await installDefinitions(kube.client)
    await kube.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } })
    await kube.client.apply(secret('argocd-secret', {}, { 'webhook.github.secret': canary }))
    await kube.client.apply(
      secret(
        'repo',
        { 'argocd.argoproj.io/secret-type': 'repository' },
        { url: 'https://git.test/a/b.git', username: 'u', password: canary },
      ),
    )
    const [mesh = 0, people = 0] = await freePorts(2)
    access = await startAccessPoint({
      dir: join(dir, 'state'),
      kubeconfig: kube.kubeconfigPath,
      bus,
      ports: { mesh, people },
    })
    await eventually(() => access.app.readiness().ready, { timeoutMs: 20_000 })
    gate = httpsGate({ url: access.meshUrl, identity: await access.identity('syncmaster') })
    clusters = createClusters(gate)
  }, 60_000)

  afterAll(async () => {
    await gate.close()
    await Promise.all(agents.map((agent) => agent.close()))
    await access.stop()
    await Promise.all([kube.stop(), bus.stop()])
    removeDir(dir)
  }, 30_000)

  function secret(name: string, labels: Record<string, string>, stringData: Record<string, string>) {
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'argocd', labels }, stringData }
  }

  function agent(connect: object): Agent {
    const created = new Agent({ connect })
    agents.push(created)
    return created
  }

  async function ask(
    url: string,
    options: { agent: Agent; method?: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
  ): Promise<Answer> {
    const { agent: dispatcher, ...rest } = options
    const answer = await request(url, { method: 'GET', ...rest, dispatcher })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: text.startsWith('{') ? JSON.parse(text) : { text },
    }
  }

  const people = () => agent({ ca: access.authority.ca })

  async function callsOf(service: (typeof services)[number]): Promise<Calls> {
    const urls = Object.fromEntries(services.map((name) => [name, access.meshUrl])) as Record<
      (typeof services)[number],
      string
    >
    return networkCalls({ identity: await access.identity(service), urls })
  }

  const records = () => accessRecords(bus)

  it('lets a service read through the gate over mutual TLS, and watch', async () => {
    expect(
      (await clusters.list('in-cluster', configMaps, { signal, namespace: 'kube-system' })).length,
    ).toBeGreaterThan(0)
    const ending = new AbortController()
    const seen: string[] = []
    clusters.watch('in-cluster', configMaps, {
      signal: ending.signal,
      namespace: 'default',
      onSnapshot: () => seen.push('snapshot'),
      onEvent: (type, object) => seen.push(`${type} ${object.metadata.name}`),
    })
    await eventually(() => seen.includes('snapshot'))
    await kube.client.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'seen', namespace: 'default' } })
    await eventually(() => seen.includes('ADDED seen'))
    ending.abort()
  })

  it('keeps the connection of a call, but not that of a watch that has ended: the next one is open by then', async () => {
    const port = Number(new URL(access.meshUrl).port)
    const used: Socket[] = []
    const take = (message: unknown) => {
      const { socket } = message as { readonly socket: Socket }
      if (socket.remotePort === port) used.push(socket)
    }
    subscribe('undici:client:sendHeaders', take)
    const drain = async (path: string, timeoutMs: number): Promise<void> => {
      const at = { cluster: 'in-cluster', method: 'GET', headers: {}, path } as const
      await text((await gate.call({ ...at, signal, timeoutMs })).body)
    }
    await drain('/version', 5_000)
    await drain('/api/v1/configmaps?watch=true&timeoutSeconds=1', 0)
    unsubscribe('undici:client:sendHeaders', take)
    await eventually(() => used[1]?.destroyed)
    expect(used[0]?.destroyed).toBe(false)
  })

  it('C52.1 answers 401 to who shows no or a bad credential, and the cluster receives nothing', async () => {
    const foreign = await createAuthority({ trustDomain: 'k8or.mesh' })
    const key = createKey()
    const publicKey = await publicKeyOfRequest(await createRequest(key))
    const forged = { key, cert: await issue(foreign, { publicKey, spiffeId: spiffeIdOf('k8or.mesh', 'syncmaster') }) }
    const ca = access.authority.ca
    const strangers: [string, Agent, Record<string, string>][] = [
      [access.meshUrl, agent({ ca }), {}],
      [access.meshUrl, agent({ ca, ...forged }), {}],
      [access.meshUrl, agent({ ca }), bearer],
      [access.peopleUrl, people(), {}],
      [access.peopleUrl, people(), { authorization: 'Bearer wrong' }],
      [access.peopleUrl, people(), { authorization: `Basic ${peopleToken}` }],
    ]
    for (const [url, stranger, headers] of strangers) {
      const options = {
        agent: stranger,
        method: 'POST' as const,
        headers: { ...headers, 'content-type': 'application/json' },
        body: made,
      }
      expect(await ask(`${url}${path}`, options)).toMatchObject({
        status: 401,
        body: { kind: 'Status', reason: 'Unauthorized' },
      })
      expect((await ask(`${url}/k8or.accesspoint.v1.Clusters/List`, { ...options, body: '{}' })).status).toBe(401)
    }
    expect(await kube.client.get('v1/ConfigMap', 'default/never-made')).toBeUndefined()
  })

  it('C52.1 answers 403 to a known caller without a right, and the cluster receives nothing', async () => {
    for (const service of ['codesource', 'chartstore', 'insighthub', 'syncmaster'] as const) {
      const { cert, key } = (await access.identity(service)).current()
      const known = agent({ ca: access.authority.ca, cert, key })
      const options = {
        agent: known,
        method: 'POST' as const,
        headers: { 'content-type': 'application/json' },
        body: made,
      }
      const answer = await ask(`${access.meshUrl}${path}`, options)
      expect(answer).toMatchObject({ status: 403, body: { kind: 'Status', reason: 'Denied' } })
      expect(answer.body.message).toContain(`spiffe://k8or.mesh/svc/${service} may not create`)
    }
    expect(await kube.client.get('v1/ConfigMap', 'default/never-made')).toBeUndefined()
  })

  it('C52.6 refuses plain HTTP at both doors', async () => {
    for (const url of [access.meshUrl, access.peopleUrl]) {
      const plain = new Promise((resolve, reject) => {
        const asked = plainRequest(
          url.replace('https:', 'http:'),
          { path: '/clusters/in-cluster/version', headers: bearer },
          resolve,
        )
        asked.once('error', reject)
        asked.end()
      })
      await expect(plain).rejects.toThrow()
    }
  })

  it('C52.7 shows nobody the Secrets of the control namespace, whatever way is tried', async () => {
    await kube.client.apply({ ...secret('open', {}, { a: 'b' }), metadata: { name: 'open', namespace: 'default' } })
    await expect(clusters.list('in-cluster', secrets, { signal, namespace: 'argocd' })).rejects.toMatchObject({
      status: 403,
    })
    const ref = { ...secrets, namespace: 'argocd', name: 'argocd-secret' }
    await expect(clusters.get('in-cluster', ref, { signal })).rejects.toMatchObject({ status: 403 })
    const everywhere = await clusters.list('in-cluster', secrets, { signal })
    expect(everywhere.map((one) => one.metadata.namespace)).not.toContain('argocd')
    expect(everywhere.map((one) => one.metadata.name)).toContain('open')
    const asked = [
      '/namespaces/argocd/secrets',
      '/namespaces/argocd/secrets/argocd-secret',
      '/secrets',
      '/secrets?fieldSelector=metadata.namespace%3Dargocd',
      '/namespaces/argocd/secrets?watch=1&timeoutSeconds=1',
      '/namespaces/default/../argocd/secrets',
      '//namespaces/argocd/secrets',
      '/namespaces/argocd%2fsecrets',
      '/watch/namespaces/argocd/secrets',
    ]
    for (const tried of asked) {
      const answer = await ask(`${access.peopleUrl}/clusters/in-cluster/api/v1${tried}`, {
        agent: people(),
        headers: bearer,
      })
      expect(JSON.stringify(answer.body)).not.toContain(Buffer.from(canary).toString('base64'))
    }
  })

  it('C52.7 names clusters without their credentials', async () => {
    const { clusters: listed } = await (await callsOf('insighthub')).to('accesspoint', ClusterCalls).list({})
    expect(listed).toMatchObject([
      { name: 'in-cluster', server: 'https://kubernetes.default.svc', reachable: true, version: 'v1.36.3' },
    ])
  })

  it('C52.8 is the only way: the cluster knows no certificate of the mesh', async () => {
    for (const service of services) {
      const { cert, key } = (await access.identity(service)).current()
      const direct = agent({ ca: kube.ca, cert, key })
      expect((await ask(`${kube.url}/api/v1/namespaces`, { agent: direct })).status).toBeGreaterThanOrEqual(401)
    }
  })

  it('signs a first certificate for a one-time token, and the next ones for the certificate', async () => {
    const join1 = {
      accessPointUrl: access.meshUrl,
      trustDomain: 'k8or.mesh',
      ca: access.authority.ca,
      service: 'syncmaster' as const,
    }
    const joined = await joinMesh({ ...join1, dir: join(dir, 'joined'), token: () => 'join-me' })
    const first = joined.current().cert
    await joined.renew()
    expect(joined.current().cert).not.toBe(first)
    joined.stop()
    const again = joinMesh({ ...join1, dir: join(dir, 'again'), token: () => 'join-me' })
    await expect(again).rejects.toThrow('the join token is unknown, used or expired')
    const others = joinMesh({ ...join1, service: 'codesource', dir: join(dir, 'other'), token: () => 'guess' })
    await expect(others).rejects.toThrow('the join token is unknown')
  })

  it('serves settings to CodeSource alone', async () => {
    const settings = (await callsOf('codesource')).to('accesspoint', Settings)
    expect((await settings.getWebhookSecrets({})).secrets).toEqual({ github: canary })
    expect(await settings.getRepository({ url: 'https://git.test/a/b' })).toMatchObject({
      username: 'u',
      password: canary,
    })
    const others = (await callsOf('syncmaster')).to('accesspoint', Settings)
    await expect(others.getWebhookSecrets({})).rejects.toThrow(ForbiddenError)
    const call = {
      agent: people(),
      method: 'POST' as const,
      headers: { ...bearer, 'content-type': 'application/json' },
      body: '{}',
    }
    const asked = await ask(`${access.peopleUrl}/k8or.accesspoint.v1.Settings/GetWebhookSecrets`, call)
    expect(asked).toMatchObject({ status: 403, body: { code: 'permission_denied' } })
  })

  it('serves the credentials of a registry, from its repositories or from the pull secret that is named', async () => {
    const settings = (await callsOf('codesource')).to('accesspoint', Settings)
    const image = { registry: 'registry.test:5000', path: 'shop/web' }
    await expect(settings.getRegistry(image)).rejects.toThrow(NotFoundError)
    const label = { 'argocd.argoproj.io/secret-type': 'repository' }
    const fields = { url: 'oci://registry.test:5000/charts', username: 'u', password: canary }
    await kube.client.apply(secret('oci', label, fields))
    const found = await eventually(() => settings.getRegistry(image).catch(() => undefined))
    expect(found).toMatchObject({ username: 'u', password: canary })
    const auths = { 'registry.test:5000': { username: 'puller', password: canary } }
    const pull = {
      ...secret('pull', {}, { '.dockerconfigjson': JSON.stringify({ auths }) }),
      type: 'kubernetes.io/dockerconfigjson',
    }
    await kube.client.apply(pull)
    const named = { ...image, pullSecret: 'pullsecret:argocd/pull' }
    expect(await settings.getRegistry(named)).toMatchObject({ username: 'puller' })
    await expect(settings.getRegistry({ ...named, registry: 'evil.test' })).rejects.toThrow(InvalidRequestError)
    await expect(settings.getRegistry({ ...named, pullSecret: 'pullsecret:argocd/none' })).rejects.toThrow(
      'is not there',
    )
    const others = (await callsOf('chartstore')).to('accesspoint', Settings)
    await expect(others.getRegistry(named)).rejects.toThrow(ForbiddenError)
  })

  it('passes people on to clusters and to calls, in plain JSON', async () => {
    const options = { agent: people(), headers: { ...bearer, 'content-type': 'application/json' } }
    const version = await ask(`${access.peopleUrl}/clusters/in-cluster/version`, options)
    expect(version).toMatchObject({ status: 200, body: { gitVersion: 'v1.36.3' } })
    const created = await ask(`${access.peopleUrl}${path}`, {
      ...options,
      method: 'POST',
      body: made.replace('never-made', 'by-hand'),
    })
    expect(created.status).toBe(201)
    const listed = await ask(`${access.peopleUrl}/k8or.accesspoint.v1.Clusters/List`, {
      ...options,
      method: 'POST',
      body: '{}',
    })
    expect(listed).toMatchObject({ status: 200, body: { clusters: [{ name: 'in-cluster' }] } })
    expect((await ask(`${access.peopleUrl}/elsewhere`, options)).status).toBe(404)
  })

  it('speaks HTTP/2 too, as kubectl does, and passes the first line of a watch on at once', async () => {
    const session = connect(access.peopleUrl, { ca: access.authority.ca })
    const watched = session.request({ ':path': `${path}?watch=1&allowWatchBookmarks=true`, ...bearer })
    let text = ''
    watched.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    await eventually(() => text.includes('"type":"ADDED"'))
    const version = session.request({ ':path': '/clusters/in-cluster/version', ...bearer })
    let answer = ''
    version.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
    await eventually(() => answer.includes('gitVersion'))
    watched.close()
    session.close()
  })

  it('C52.4 makes records of all of that: reads, mutations twice, watches twice, denials and strangers, in an unbroken chain', async () => {
    const all = await eventually(async () => {
      const found = await records()
      return found.some(({ phase }) => phase === 'close') &&
        found.some(({ path: at, caller }) => at.endsWith('Clusters/List') && caller === 'user:admin')
        ? found
        : undefined
    })
    expect(findBreak(all)).toBeUndefined()
    const one = (part: Partial<AccessRecorded>) => expect.objectContaining(part)
    const caller = 'spiffe://k8or.mesh/svc/syncmaster'
    expect(all).toContainEqual(
      one({ caller, verb: 'list', path: '/api/v1/namespaces/kube-system/configmaps', outcome: 'allowed', status: 200 }),
    )
    expect(all).toContainEqual(one({ caller, verb: 'watch', phase: 'open', outcome: 'allowed' }))
    expect(all).toContainEqual(one({ caller, verb: 'watch', phase: 'close' }))
    expect(all).toContainEqual(
      one({ caller: 'user:admin', verb: 'create', phase: 'intent', outcome: 'allowed', rule: 'people:admin' }),
    )
    expect(all).toContainEqual(one({ caller: 'user:admin', verb: 'create', phase: 'outcome', status: 201 }))
    expect(all).toContainEqual(
      one({ caller, verb: 'create', outcome: 'denied', rule: 'application-missing', status: 403 }),
    )
    expect(all).toContainEqual(one({ caller: 'anonymous', path, outcome: 'denied', rule: 'unauthenticated' }))
    expect(all).toContainEqual(one({ caller: 'anonymous', method: 'TLS', outcome: 'denied' }))
    expect(JSON.stringify(all)).not.toContain(canary)
  })
})
