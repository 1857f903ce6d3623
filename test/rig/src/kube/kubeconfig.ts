import { writeFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'

/** An address, and what to show there. */
export interface KubeAccess {
  readonly url: string
  readonly tls: ConnectionOptions
  readonly headers?: Readonly<Record<string, string>>
}

/** How to reach an API server of the rig and as whom; all PEM. */
export interface KubeConnection {
  readonly name: string
  readonly url: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** How to call an API server of the rig. */
export function accessOf({ url, ca, cert, key }: KubeConnection): KubeAccess {
  return { url, tls: { ca, cert, key } }
}

/** A kubeconfig with one context and its certificates inline. */
export function kubeconfig({ name, url, ca, cert, key }: KubeConnection): string {
  return `apiVersion: v1
kind: Config
current-context: ${name}
contexts:
- name: ${name}
  context: {cluster: ${name}, user: ${name}-admin}
clusters:
- name: ${name}
  cluster:
    server: ${url}
    certificate-authority-data: ${base64(ca)}
users:
- name: ${name}-admin
  user:
    client-certificate-data: ${base64(cert)}
    client-key-data: ${base64(key)}
`
}

/** Writes a kubeconfig that its owner alone may read. */
export function writeKubeconfig(path: string, connection: KubeConnection): void {
  writeFileSync(path, kubeconfig(connection), { mode: 0o600 })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
