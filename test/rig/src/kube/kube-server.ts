import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtServer } from '../paths'
import { signingKeys, TestAuthority, type KeyedCertificate } from '../certificates'
import { freePorts } from '../free-port'
import { startKubelet, type Kubelet, type KubeletOptions } from '../kubelet/kubelet'
import { ManagedProcess, type ProcessNews, type ProcessSpec } from '../process/managed-process'
import { isUp, isReady } from './readiness'
import { KubeClient } from './kube-client'
import { apiServerFlags, controllerManagerFlags, etcdFlags, kubeFiles, type KubeLayout } from './flags'
import { writeKubeconfig, type KubeConnection } from './kubeconfig'

/** What to start. */
export interface KubeOptions {
  /** Folder for certificates, the database and logs; it must be empty or new. */
  readonly dir: string
  readonly name?: string
  /** Nodes that the small kubelet registers; none means that no pod ever runs. */
  readonly nodes?: number
  /** Whether kube-controller-manager runs: without it a Deployment makes no pods. */
  readonly controllers?: boolean
  readonly kubelet?: Omit<KubeletOptions, 'nodes'>
  /** Brings the servers back when they end by themselves. */
  readonly restart?: boolean
  /** Whom to tell what becomes of each process. */
  readonly newsOf?: (process: string) => ProcessNews
}

/** A real Kubernetes API server with its database and, as asked, controllers and nodes. */
export interface KubeServer extends KubeConnection {
  readonly kubeconfigPath: string
  readonly client: KubeClient
  readonly kubelet: Kubelet | undefined
  /** Process ids by name: etcd, kube-apiserver, kube-controller-manager. */
  readonly pids: Readonly<Record<string, number>>
  /** Kills and starts kube-apiserver; connections break, nothing that was stored is lost. */
  restartApiServer(): Promise<void>
  stop(): Promise<void>
}

/** Starts etcd, kube-apiserver and, as asked, kube-controller-manager and nodes; returns when they answer. */
export async function startKube(options: KubeOptions): Promise<KubeServer> {
  const [port = 0, etcdPort = 0, etcdPeerPort = 0] = await freePorts(3)
  const layout: KubeLayout = { dir: options.dir, port, etcdPort, etcdPeerPort }
  const connection = await writePki(layout, options.name ?? 'rig')
  const client = new KubeClient(connection)
  const processes = kubeProcesses(layout, options, client)
  const kubelets: Kubelet[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(kubelets.map((kubelet) => kubelet.stop()))
    await Promise.all(processes.toReversed().map((process) => process.stop('SIGKILL')))
    await client.close()
  }
  try {
    for (const process of processes) await process.start()
    if (options.nodes) kubelets.push(await startKubelet(connection, { ...options.kubelet, nodes: options.nodes }))
    await client.waitForDefaults()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ...connection,
    client,
    kubelet: kubelets[0],
    kubeconfigPath: kubeFiles(options.dir).kubeconfig,
    get pids() {
      return Object.fromEntries(processes.map((process) => [process.name, process.pid]))
    },
    restartApiServer: async () => processes[1]?.restart(),
    stop,
  }
}

/** Starts several API servers beside each other, two at a time: each takes a whole processor while it starts. */
export async function startFleet(names: readonly string[], options: KubeOptions): Promise<KubeServer[]> {
  const started: KubeServer[] = []
  const waiting = names.map((name, index) => ({ name, index }))
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      started[next.index] = await startKube({ ...options, name: next.name, dir: join(options.dir, next.name) })
  }
  const outcomes = await Promise.allSettled([work(), work()])
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (!failed) return started
  await Promise.all(started.map((kube) => kube.stop()))
  throw failed.reason
}

function kubeProcesses(layout: KubeLayout, options: KubeOptions, client: KubeClient): ManagedProcess[] {
  const spec = (name: string, flags: string[], more: Partial<ProcessSpec>): ManagedProcess =>
    new ManagedProcess({
      name,
      command: builtServer('kube'),
      args: [name, ...flags],
      logFile: join(layout.dir, `log/${name}.log`),
      restart: options.restart ?? false,
      ...options.newsOf?.(name),
      ...more,
    })
  const servers = [
    spec('etcd', etcdFlags(layout), { ready: () => isUp(layout.etcdPort) }),
    spec('kube-apiserver', apiServerFlags(layout), { ready: () => isReady(client) }),
  ]
  if (options.controllers === false) return servers
  return [...servers, spec('kube-controller-manager', controllerManagerFlags(layout), {})]
}

async function writePki(layout: KubeLayout, name: string): Promise<KubeConnection> {
  const files = kubeFiles(layout.dir)
  mkdirSync(join(layout.dir, 'pki'), { recursive: true, mode: 0o700 })
  const authority = await TestAuthority.create(`${name} cluster`)
  const server = await authority.issue(serverRequest)
  const admin = await authority.issue({ subject: 'CN=rig-admin,O=system:masters' })
  writeServerFiles(files, authority.ca, server)
  const connection = { name, url: `https://localhost:${layout.port}`, ca: authority.ca, ...admin }
  writeKubeconfig(files.kubeconfig, connection)
  return connection
}

const serverRequest = {
  subject: 'CN=kube-apiserver',
  dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
  ips: ['127.0.0.1', '10.0.0.1'],
}

function writeServerFiles(files: ReturnType<typeof kubeFiles>, ca: string, server: KeyedCertificate): void {
  const tokens = signingKeys()
  writeFileSync(files.ca, ca)
  writeFileSync(files.cert, server.cert)
  writeFileSync(files.key, server.key, { mode: 0o600 })
  writeFileSync(files.tokenPublic, tokens.publicKey)
  writeFileSync(files.tokenPrivate, tokens.privateKey, { mode: 0o600 })
}
