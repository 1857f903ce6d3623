import { renameSync, writeFileSync } from 'node:fs'
import type { KubeServer } from '../kube/kube-server'
import type { RegistryAccess } from '../registry/registry-client'
import { meshPaths, type MeshLayout } from './layout'

/** What the values of `mesh.env` are made from. */
export interface MeshFacts {
  readonly layout: MeshLayout
  readonly token: string
  readonly webhookSecret: string
  readonly gitUrl: string
  readonly registry?: RegistryAccess
  readonly clusters: readonly Pick<KubeServer, 'name' | 'kubeconfigPath'>[]
  readonly pids: readonly number[]
}

/** The values by which people and scripts drive a mesh, by name. */
export function meshEnvironment(facts: MeshFacts): Record<string, string> {
  const { layout, clusters } = facts
  const paths = meshPaths(layout.dir)
  const people = `https://localhost:${layout.people}`
  return {
    KUBECONFIG: layout.hub.kubeconfig,
    ...Object.fromEntries(clusters.map(({ name, kubeconfigPath }) => [`KUBECONFIG_${variable(name)}`, kubeconfigPath])),
    K8OR_CLUSTERS: clusters.map(({ name, kubeconfigPath }) => `${name}=${kubeconfigPath}`).join(','),
    K8OR_MODE: layout.mode,
    K8OR_URL: people,
    K8OR_CA: paths.ca,
    K8OR_TOKEN: facts.token,
    K8OR_APP_NAMESPACE: layout.hub.namespace,
    K8OR_WEBHOOK_URL: `https://localhost:${layout.webhook}/api/webhook`,
    K8OR_WEBHOOK_SECRET: facts.webhookSecret,
    K8OR_GIT_URL: facts.gitUrl,
    K8OR_GIT_ROOT: paths.gitRoot,
    ...(facts.registry ? registryValues(facts.registry) : {}),
    K8OR_PIDS: facts.pids.join(','),
  }
}

function registryValues({ host, username, password }: RegistryAccess): Record<string, string> {
  return { K8OR_REGISTRY: host, K8OR_REGISTRY_USERNAME: username, K8OR_REGISTRY_PASSWORD: password }
}

/** Writes `mesh.env`, for shells, as a whole or not at all, readable by its owner alone: it holds a token. */
export function writeMeshEnvironment(path: string, environment: Readonly<Record<string, string>>): void {
  const text = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}\n`)
  writeFileSync(`${path}.new`, text.join(''), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

// Plain where a value is plain, so that also those can read it who know no quotes.
function quoted(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}

function variable(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}
