import {
  Content,
  eventually,
  expectClear,
  freePorts,
  readEntries,
  removeDir,
  startKube,
  startTestBus,
  tempDir,
  type Entry,
  type KubeServer,
  type TestBus,
  installDefinitions,
} from '@k8or/rig'
import { createAuthority, createKey, createRequest, issue, publicKeyOfRequest, spiffeIdOf } from '@k8or/identity'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { z } from 'zod'
import { peopleToken, startAccessPoint, type AccessPointUnderTest } from '../../../test/access-point-under-test'

const Asked = z.strictObject({
  /** The door of people, or that of the mesh. */
  at: z.enum(['people', 'mesh']).default('people'),
  /** Who: the administrator, a service by its certificate, somebody with a certificate of another mesh, or nobody. */
  as: z.enum(['admin', 'nobody', 'stranger', 'codesource', 'syncmaster']).default('admin'),
  method: z.string().default('POST'),
  path: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  body: Content.default('{}'),
})
type Asked = z.infer<typeof Asked>

const trustDomain = 'k8or.mesh'

describe('services/accesspoint/src/adapters/http/hostile-calls.rig', () => {
  const dir = tempDir('hostile-calls')
  const agents = new Map<string, Agent>()
  let kube: KubeServer
  let bus: TestBus
  let access: AccessPointUnderTest

  beforeAll(async () => {
    ;[kube, bus] = await Promise.all([
      startKube({ dir: join(dir, 'kube'), controllers: false }),
      startTestBus(join(dir, 'bus')),
    ])
    await installDefinitions(kube.client)
    await kube.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } })
    const [mesh = 0, people = 0] = await freePorts(2)
    const state = { dir: join(dir, 'state'), kubeconfig: kube.kubeconfigPath }
    access = await startAccessPoint({ ...state, bus, ports: { mesh, people } })
    await eventually(() => access.app.readiness().ready, { timeoutMs: 60_000 })
  }, 120_000)

  afterAll(async () => {
    await Promise.all([...agents.values()].map((agent) => agent.close()))
    await access.stop()
    await Promise.all([kube.stop(), bus.stop()])
    removeDir(dir)
  }, 30_000)

  const agentOf = async (who: Asked['as']): Promise<Agent> => {
    const known = agents.get(who)
    if (known) return known
    const agent = new Agent({ allowH2: false, connect: { ca: access.authority.ca, ...(await certificateOf(who)) } })
    agents.set(who, agent)
    return agent
  }

  const certificateOf = async (who: Asked['as']) => {
    if (who === 'admin' || who === 'nobody') return {}
    if (who !== 'stranger') return (await access.identity(who)).current()
    const [foreign, key] = [await createAuthority({ trustDomain }), createKey()]
    const publicKey = await publicKeyOfRequest(await createRequest(key))
    return { key, cert: await issue(foreign, { publicKey, spiffeId: spiffeIdOf(trustDomain, 'syncmaster') }) }
  }

  const ask = async ({ at, as, method, path, headers, body }: Asked) => {
    const url = `${at === 'people' ? access.peopleUrl : access.meshUrl}${path}`
    const answer = await request(url, {
      ...{ method: method as 'POST', dispatcher: await agentOf(as) },
      headers: {
        'content-type': 'application/json',
        ...(as === 'admin' && { authorization: `Bearer ${peopleToken}` }),
        ...headers,
      },
      ...(method === 'GET' ? {} : { body }),
    })
    return { status: answer.statusCode, text: await answer.body.text() }
  }

  const messageOf = (text: string): string => {
    try {
      return (JSON.parse(text) as { message?: string }).message ?? text
    } catch {
      return text
    }
  }

  it.each(readEntries('calls', Asked))(
    '%s',
    async (_: string, entry: Entry<Asked>) => {
      const { status, text } = await ask(entry.given)
      expect({ status, text }).toEqual({ status: entry.expected.outcome, text })
      expect([500, 502, 503, 504]).not.toContain(status)
      expect(text).not.toContain(peopleToken)
      expectClear(entry, messageOf(text))
    },
    30_000,
  )

  it('answers people and services after all of that', async () => {
    const path = '/k8or.accesspoint.v1.Clusters/List'
    expect((await ask(Asked.parse({ path }))).status).toBe(200)
    expect((await ask(Asked.parse({ path, at: 'mesh', as: 'syncmaster' }))).status).toBe(200)
  }, 30_000)
})
