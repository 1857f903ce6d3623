import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { helmOutput, meshChart, type KubeObject } from '@k8or/rig'
import { contents } from '../src/bootstrap/kept-secrets'

type Tree = Record<string, unknown>

/** A container of a rendered pod. */
export interface Container {
  readonly name: string
  readonly image: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly spec: Tree
  /** The pod that it is part of. */
  readonly pod: Tree
}

/** What helm makes of the chart. */
export interface Rendered {
  readonly objects: readonly KubeObject[]
  readonly containers: readonly Container[]
}

/** Has helm render the chart as the release `k8or` of the namespace `mesh`. */
export async function render(args: readonly string[]): Promise<Rendered> {
  const text = await helmOutput(['template', 'k8or', meshChart, '--namespace', 'mesh', ...args])
  const objects = loadAll(text).filter(Boolean) as KubeObject[]
  return { objects, containers: objects.flatMap(containersOf) }
}

function containersOf(object: KubeObject): Container[] {
  const pod = (object['spec'] as { template?: { spec: Tree } } | undefined)?.template?.spec
  return ((pod?.['containers'] ?? []) as Tree[]).map((container) => ({
    name: String(container['name']),
    image: String(container['image']),
    args: (container['args'] ?? []) as string[],
    environment: Object.fromEntries(
      ((container['env'] ?? []) as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
    ),
    spec: container,
    pod: pod ?? {},
  }))
}

interface Mount {
  readonly name: string
  readonly mountPath: string
  readonly subPath?: string
}

interface Volume {
  readonly name: string
  readonly secret?: { readonly secretName: string }
  readonly projected?: { readonly sources: readonly { readonly serviceAccountToken: { readonly path: string } }[] }
}

/** The paths of the files that a container has from Secrets and tokens, sorted. */
export function filesIn({ pod, spec }: Container): string[] {
  const volumes = (pod['volumes'] ?? []) as Volume[]
  const mounts = (spec['volumeMounts'] ?? []) as Mount[]
  return mounts.flatMap((mount) => filesOf(mount, volumes)).sort()
}

function filesOf({ name, mountPath, subPath }: Mount, volumes: readonly Volume[]): string[] {
  const volume = volumes.find((one) => one.name === name)
  const files = [...secretFiles(volume), ...tokenFiles(volume)]
  return subPath === undefined ? files.map((file) => join(mountPath, file)) : files.includes(subPath) ? [mountPath] : []
}

function secretFiles(volume: Volume | undefined): string[] {
  const kept = volume?.secret?.secretName.replace(/^k8or-/, '') ?? ''
  return (contents[kept] ?? []).map((path) => path.split('/').at(-1) ?? path)
}

function tokenFiles(volume: Volume | undefined): string[] {
  return (volume?.projected?.sources ?? []).map(({ serviceAccountToken }) => serviceAccountToken.path)
}

interface Peer {
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> }
}

/** The components that a network policy lets in, sorted; those who may be anybody are not among them. */
export function callersOf(policy: KubeObject): string[] {
  const { ingress = [] } = policy['spec'] as { ingress?: readonly { readonly from?: readonly Peer[] }[] }
  const peers = ingress.flatMap(({ from = [] }) => from)
  return peers.map(({ podSelector }) => podSelector?.matchLabels['app.kubernetes.io/component'] ?? 'somebody').sort()
}
