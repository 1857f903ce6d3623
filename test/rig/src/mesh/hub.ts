import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { eventually } from '../eventually'
import type { KubeClient } from '../kube/kube-client'
import type { KubeObject } from '../kube/kube-object'
import type { KubeConnection } from '../kube/kubeconfig'
import { repositoryRoot } from '../paths'
import type { RegistryAccess } from '../registry/registry-client'
import { usualNamespace } from './layout'

const apiVersion = 'argoproj.io/v1alpha1'
const crdType = 'apiextensions.k8s.io/v1/CustomResourceDefinition'

/** What the default project permits: everything, unless told otherwise. */
const everything = {
  sourceRepos: ['*'],
  destinations: [{ server: '*', namespace: '*' }],
  clusterResourceWhitelist: [{ group: '*', kind: '*' }],
}

/** Where Applications are declared on a hub, and what the project `default` permits them. */
export interface HubOptions {
  readonly namespace?: string
  readonly project?: Readonly<Record<string, unknown>>
}

/** Puts on the hub what an installation of Argo CD would: namespace, resource definitions, webhook secret, default project. */
export async function prepareHub(hub: KubeClient, webhookSecret: string, options: HubOptions = {}): Promise<void> {
  const { namespace = usualNamespace, project = everything } = options
  await hub.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await Promise.all([installDefinitions(hub), hub.apply(webhookSecrets(webhookSecret, namespace))])
  const defaultProject = { apiVersion, kind: 'AppProject', metadata: { name: 'default', namespace }, spec: project }
  await eventually(() => hub.apply(defaultProject), { timeoutMs: 20_000, what: 'AppProject default' })
}

/** Names of the resource definitions that the mesh needs on its hub. */
export function definitionNames(): string[] {
  return definitions().map(({ metadata }) => metadata.name)
}

/** Declares a further cluster to the mesh as Argo CD declares it: by a labelled Secret on the hub. */
export async function registerCluster(hub: KubeClient, cluster: KubeConnection): Promise<void> {
  await hub.apply(clusterSecret(cluster))
}

/** Declares a registry to the mesh as Argo CD declares it, for the tags that nobody told of. */
export async function registerRegistry(
  hub: KubeClient,
  { host, username, password }: RegistryAccess,
  namespace: string = usualNamespace,
): Promise<void> {
  const labels = { 'argocd.argoproj.io/secret-type': 'repo-creds' }
  const metadata = { name: 'registry', namespace, labels }
  const stringData = { url: `oci://${host}`, type: 'oci', username, password, insecureOCIForceHttp: 'true' }
  await hub.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData })
}

// The Secret by which Argo CD knows a cluster with a client certificate.
function clusterSecret({ name, url, ca, cert, key }: KubeConnection): KubeObject {
  const tlsClientConfig = { caData: base64(ca), certData: base64(cert), keyData: base64(key) }
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster' }
  const stringData = { name, server: url, config: JSON.stringify({ tlsClientConfig }) }
  const metadata = { name: `cluster-${name}`, namespace: usualNamespace, labels }
  return { apiVersion: 'v1', kind: 'Secret', metadata, stringData }
}

/** Installs the definitions of the mesh's kinds, and waits until the API server serves them. */
export async function installDefinitions(hub: KubeClient): Promise<void> {
  await Promise.all(definitions().map((definition) => installDefinition(hub, definition)))
}

function definitions(): KubeObject[] {
  const dir = join(repositoryRoot, 'deploy/helm/mesh/definitions')
  const texts = readdirSync(dir).map((file) => readFileSync(join(dir, file), 'utf8'))
  return texts.flatMap((text) => loadAll(text)).filter(Boolean) as KubeObject[]
}

async function installDefinition(hub: KubeClient, definition: KubeObject): Promise<void> {
  const { name } = definition.metadata
  if (!(await hub.get(crdType, name))) await hub.apply(definition)
  await hub.watchUntil(crdType, name, (found) => found !== undefined && isEstablished(found))
}

function isEstablished({ status }: KubeObject): boolean {
  const { conditions } = (status ?? {}) as { conditions?: { type: string; status: string }[] | null }
  return conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') ?? false
}

function webhookSecrets(secret: string, namespace: string): KubeObject {
  const names = ['webhook.github.secret', 'webhook.gitlab.secret', 'webhook.registry.secret', 'webhook.ci.token']
  const stringData = Object.fromEntries(names.map((name) => [name, secret]))
  const labels = { 'app.kubernetes.io/name': 'argocd-secret', 'app.kubernetes.io/part-of': 'argocd' }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'argocd-secret', namespace, labels }, stringData }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
