import { join } from 'node:path'

/** Where the parts of one Kubernetes API server listen, and where their files are. */
export interface KubeLayout {
  readonly dir: string
  readonly port: number
  readonly etcdPort: number
  readonly etcdPeerPort: number
}

/** Files that the servers read. */
export function kubeFiles(dir: string) {
  return {
    ca: join(dir, 'pki/ca.crt'),
    cert: join(dir, 'pki/apiserver.crt'),
    key: join(dir, 'pki/apiserver.key'),
    tokenPublic: join(dir, 'pki/tokens.pub'),
    tokenPrivate: join(dir, 'pki/tokens.key'),
    kubeconfig: join(dir, 'kubeconfig'),
    etcdData: join(dir, 'etcd'),
  }
}

/** Flags of an etcd that is never asked to survive the machine. */
export function etcdFlags({ dir, etcdPort, etcdPeerPort }: KubeLayout): string[] {
  const client = `http://127.0.0.1:${etcdPort}`
  const peer = `http://127.0.0.1:${etcdPeerPort}`
  return [
    '--name=rig',
    `--data-dir=${kubeFiles(dir).etcdData}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    '--auto-compaction-retention=10m',
    '--quota-backend-bytes=2147483648',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=rig=${peer}`,
  ]
}

/** Flags of kube-apiserver that work without being root and without a network. */
export function apiServerFlags({ dir, port, etcdPort }: KubeLayout): string[] {
  const files = kubeFiles(dir)
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--client-ca-file=${files.ca}`,
    `--tls-cert-file=${files.cert}`,
    `--tls-private-key-file=${files.key}`,
    `--service-account-key-file=${files.tokenPublic}`,
    `--service-account-signing-key-file=${files.tokenPrivate}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    '--endpoint-reconciler-type=none',
    '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
    '--max-requests-inflight=1000',
    '--max-mutating-requests-inflight=500',
  ]
}

// No node of the rig ever falls ill, and no certificate is asked for: these would only cost time.
const controllersLeftOut = [
  'node-lifecycle-controller',
  'taint-eviction-controller',
  'node-ipam-controller',
  'node-route-controller',
  'certificatesigningrequest-approving-controller',
  'certificatesigningrequest-cleaner-controller',
  'certificatesigningrequest-signing-controller',
]

/** Flags of kube-controller-manager: quick, and alone. */
export function controllerManagerFlags({ dir }: KubeLayout): string[] {
  const files = kubeFiles(dir)
  return [
    `--kubeconfig=${files.kubeconfig}`,
    `--service-account-private-key-file=${files.tokenPrivate}`,
    `--root-ca-file=${files.ca}`,
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    '--leader-elect=false',
    '--kube-api-qps=400',
    '--kube-api-burst=800',
    '--concurrent-deployment-syncs=20',
    '--concurrent-replicaset-syncs=20',
    `--controllers=*,${controllersLeftOut.map((name) => `-${name}`).join(',')}`,
  ]
}
