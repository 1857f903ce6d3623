import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Gate } from '@k8or/cluster-client'
import type { ServiceName } from '@k8or/contracts'
import {
  createAuthority,
  createKey,
  createRequest,
  hostNamesOf,
  issue,
  publicKeyOfRequest,
  spiffeIdOf,
  type Authority,
  type Identity,
} from '@k8or/identity'
import { connectBus } from '@k8or/jetstream'
import { LocalCalls } from '@k8or/rpc'
import { createApp, type AccessPointApp, type Config } from '../src'

/** What an AccessPoint is started with: real servers, which the spec has started. */
export interface UnderTestOptions {
  readonly dir: string
  readonly kubeconfig: string
  readonly bus: { readonly url: string; identity(service: ServiceName): Promise<Identity> }
  readonly ports: { readonly mesh: number; readonly people: number }
  readonly config?: Partial<Config>
  /** Between joining the bus and the start. */
  readonly onJoined?: () => void
}

/** A whole AccessPoint on real servers. */
export interface AccessPointUnderTest {
  readonly app: AccessPointApp
  readonly calls: LocalCalls
  readonly authority: Authority
  readonly meshUrl: string
  readonly peopleUrl: string
  /** The gate inside the process, as a service uses it. */
  gate(service: ServiceName): Gate
  identity(service: ServiceName): Promise<Identity>
  stop(): Promise<void>
}

const trustDomain = 'k8or.mesh'

/** The token of the people's door. */
export const peopleToken = 'a-token-of-the-rig'

/** Starts AccessPoint with all its doors; its state is in `dir`, and outlives it. */
export async function startAccessPoint(options: UnderTestOptions): Promise<AccessPointUnderTest> {
  const { dir, kubeconfig, bus: server, ports } = options
  const authority = await createAuthority({ trustDomain })
  writeState(dir, authority)
  const bus = await connectBus({ url: server.url, identity: await server.identity('accesspoint'), failFast: true })
  const calls = new LocalCalls()
  const identity = await identityOf('accesspoint', authority)
  const app = await createApp(
    {
      stateDir: dir,
      trustDomain,
      controlNamespace: 'argocd',
      hubKubeconfig: kubeconfig,
      meshListen: `127.0.0.1:${ports.mesh}`,
      peopleListen: `127.0.0.1:${ports.people}`,
      auditMaxBytes: 64 << 20,
      policyGraceMs: 10_000,
      ...options.config,
    },
    {
      identity,
      bus,
      calls: calls.as(identity.spiffeId),
      gate: { call: () => Promise.reject(new Error('AccessPoint is the gate')) },
      serve: async (service, routes) => calls.serve(service, routes),
    },
    { isInProcess: true },
  )
  options.onJoined?.()
  await app.start()
  return {
    app,
    calls,
    authority,
    meshUrl: `https://localhost:${ports.mesh}`,
    peopleUrl: `https://localhost:${ports.people}`,
    gate: (service) => app.gate({ spiffeId: spiffeIdOf(trustDomain, service) }),
    identity: (service) => identityOf(service, authority),
    stop: async () => {
      await app.stop()
      await bus.close()
    },
  }
}

async function identityOf(service: ServiceName, authority: Authority): Promise<Identity> {
  const key = createKey()
  const publicKey = await publicKeyOfRequest(await createRequest(key))
  const spiffeId = spiffeIdOf(trustDomain, service)
  const cert = await issue(authority, { spiffeId, dnsNames: hostNamesOf(service), publicKey })
  return { service, spiffeId, ca: authority.ca, current: () => ({ cert, key }), onRenewal: () => () => undefined }
}

function writeState(dir: string, { ca, key }: Authority): void {
  const write = (path: string, text: string): void => {
    mkdirSync(join(dir, path, '..'), { recursive: true })
    writeFileSync(join(dir, path), text, { mode: 0o600 })
  }
  write('ca.crt', ca)
  write('ca/ca.key', key)
  write('people/token', peopleToken)
  write('join/syncmaster.token', 'join-me')
}
