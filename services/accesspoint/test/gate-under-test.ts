import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createClusters, type Clusters } from '@k8or/cluster-client'
import type { Fact, ServiceName } from '@k8or/contracts'
import { connectBus, type Bus } from '@k8or/jetstream'
import type { KubeObject } from '@k8or/kube-objects'
import {
  eventually,
  freePorts,
  removeDir,
  startFleet,
  startTestBus,
  tempDir,
  type KubeServer,
  type TestBus,
  installDefinitions,
} from '@k8or/rig'
import { startAccessPoint, type AccessPointUnderTest } from './access-point-under-test'

/** A whole AccessPoint before a hub and a further cluster `far`, with a project `default` that permits everything. */
export class GateUnderTest {
  access!: AccessPointUnderTest
  /** The clusters as SyncMaster reaches them. */
  clusters!: Clusters

  private constructor(
    private readonly dir: string,
    readonly hub: KubeServer,
    readonly far: KubeServer,
    readonly bus: TestBus,
  ) {}

  static async create(name: string): Promise<GateUnderTest> {
    const dir = tempDir(name)
    const fleet = startFleet(['hub', 'far'], { dir: join(dir, 'kube'), controllers: false })
    const [[hub, far], bus] = (await Promise.all([fleet, startTestBus(join(dir, 'bus'))])) as [
      [KubeServer, KubeServer],
      TestBus,
    ]
    const gate = new GateUnderTest(dir, hub, far, bus)
    await gate.prepare()
    await gate.start()
    return gate
  }

  /** Starts AccessPoint; waits until it is ready, unless something is to happen before it is. */
  async start(onJoined?: () => void): Promise<void> {
    const [mesh = 0, people = 0] = await freePorts(2)
    this.access = await startAccessPoint({
      dir: join(this.dir, 'state'),
      kubeconfig: this.hub.kubeconfigPath,
      bus: this.bus,
      ports: { mesh, people },
      config: { policyGraceMs: 300 },
      ...(onJoined ? { onJoined } : {}),
    })
    this.clusters = createClusters(this.access.gate('syncmaster'))
    if (!onJoined) await eventually(() => this.access.app.readiness().ready, { timeoutMs: 20_000 })
  }

  async stop(): Promise<void> {
    await this.access.stop()
    await Promise.all([this.hub.stop(), this.far.stop(), this.bus.stop()])
    removeDir(this.dir)
  }

  /** The directory of JetStream is gone, and the streams are made anew. */
  async loseBus(): Promise<void> {
    await this.bus.process.stop('SIGKILL')
    rmSync(join(this.dir, 'bus/data'), { recursive: true, force: true })
    await this.bus.process.start()
    await this.bus.provision()
  }

  /** The connection of another service. */
  async connect(service: ServiceName): Promise<Bus> {
    return connectBus({ url: this.bus.url, identity: await this.bus.identity(service), failFast: true })
  }

  /** Declares an Application; answers its uid. */
  async application(name: string, project: string, destination: object): Promise<string> {
    const spec = { project, destination, source: { repoURL: 'https://git.test/a.git', path: 'app' } }
    const made = await this.hub.client.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: 'argocd' },
      spec,
    })
    return made.metadata.uid ?? ''
  }

  /** What a stream holds now. */
  async facts(stream: 'FACTS' | 'ACCESS'): Promise<Fact<unknown>[]> {
    const identity = await this.bus.identity('insighthub')
    const reader = await connectBus({ url: this.bus.url, identity, failFast: true })
    const ending = new AbortController()
    const facts: Fact<unknown>[] = []
    const read = Promise.withResolvers<undefined>()
    const options = { stream, fromSequence: 0, signal: ending.signal, onCaughtUp: () => read.resolve(undefined) }
    const reading = reader.replay({ ...options, onFact: (fact) => void facts.push(fact) })
    await read.promise
    ending.abort()
    await reading
    await reader.close()
    return facts
  }

  private async prepare(): Promise<void> {
    const { client } = this.hub
    await installDefinitions(client)
    await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } })
    await this.far.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
    const everything = {
      destinations: [{ server: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    }
    await eventually(() => client.apply(appProject('default', everything)), { timeoutMs: 15_000 })
    await client.apply(clusterSecret('far', this.far.url, this.far))
  }
}

/** An AppProject of the hub. */
export function appProject(name: string, spec: object): KubeObject {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name, namespace: 'argocd' }, spec }
}

/** A cluster as Argo CD declares it. */
export function clusterSecret(
  name: string,
  server: string,
  { ca, cert, key }: { ca: string; cert: string; key: string },
): KubeObject {
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  const config = JSON.stringify({
    tlsClientConfig: { caData: encode(ca), certData: encode(cert), keyData: encode(key) },
  })
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster' }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `cluster-${name}`, namespace: 'argocd', labels },
    stringData: { name, server, config },
  }
}

/** A config map with one value. */
export function configMap(name: string, namespace = 'default', value = '1'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } }
}

/** How a mutation for an application is made. */
export function under(uid: string, release = 1, lease = 1_000) {
  return { signal: new AbortController().signal, fence: { application: uid, release, lease } }
}
