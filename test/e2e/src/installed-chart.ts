import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { builtServer, helmOutput, meshChart, type KubeObject, type KubeServer } from '@k8or/rig'

/** The release that is installed, and where. */
export const release = { name: 'k8or', namespace: 'argocd' }

const labelSelector = `app.kubernetes.io/instance=${release.name}`

/** Everything that a release may be made of. */
const types = [
  ...['v1/Service', 'v1/ServiceAccount', 'v1/PersistentVolumeClaim', 'apps/v1/Deployment', 'apps/v1/StatefulSet'],
  ...['batch/v1/Job', 'policy/v1/PodDisruptionBudget', 'networking.k8s.io/v1/NetworkPolicy'],
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map((kind) => `rbac.authorization.k8s.io/v1/${kind}`),
]

/** Runs helm on the release: `helm <verb> k8or …`. */
export function onRelease(kube: KubeServer, verb: string, ...args: string[]): Promise<string> {
  const where = verb === 'install' || verb === 'upgrade' ? [release.name, meshChart] : [release.name]
  return helmOutput([verb, ...where, '--namespace', release.namespace, ...args], kube.kubeconfigPath)
}

/** The objects of the release that are in the cluster. */
export async function releasedObjects(kube: KubeServer): Promise<KubeObject[]> {
  const lists = await Promise.all(types.map((type) => kube.client.list(type, { labelSelector })))
  return lists.flat()
}

/** Runs what a user would type, with kubectl at hand; answers what is printed. */
export async function typed(kube: KubeServer, script: string, dir: string): Promise<string> {
  const path = `${dirname(builtServer('kubectl'))}:/usr/bin:/bin`
  const env = { PATH: path, HOME: dir, KUBECONFIG: kube.kubeconfigPath }
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], { env, cwd: dir, timeout: 60_000 })
  return stdout
}

/** Whether the API server lets a service account do something. */
export async function mayDo(
  kube: KubeServer,
  account: string,
  asked: Readonly<Record<string, string>>,
): Promise<boolean> {
  const user = `system:serviceaccount:${release.namespace}:${release.name}-${account}`
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${release.namespace}`, 'system:authenticated']
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' }
  const body = { ...review, spec: { user, groups, resourceAttributes: asked } }
  const answer = await kube.client.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', body)
  return (answer.body as { status: { allowed: boolean } }).status.allowed
}

/** Writes a kubeconfig by which one is a service account of the release. */
export async function kubeconfigOf(kube: KubeServer, account: string, dir: string): Promise<string> {
  const path = `/api/v1/namespaces/${release.namespace}/serviceaccounts/${release.name}-${account}/token`
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const answer = await kube.client.request('POST', path, request)
  const { token } = (answer.body as { status: { token: string } }).status
  const file = join(dir, `${account}.kubeconfig`)
  writeFileSync(file, kubeconfigText(kube, token), { mode: 0o600 })
  return file
}

function kubeconfigText({ url, ca }: KubeServer, token: string): string {
  const name = 'hub'
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  const contexts = [{ name, context: { cluster: name, user: name } }]
  const parts = { clusters: [{ name, cluster }], users: [{ name, user: { token } }], contexts, 'current-context': name }
  return JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...parts })
}
