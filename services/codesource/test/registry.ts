import { sha256 } from '@k8or/contracts'
import { freePort, startProcess } from '@k8or/rig'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'

/** What a registry is started with. */
export interface RegistryOptions {
  readonly dir: string
  /** Where it tells what was pushed, and the bearer token that it shows there. */
  readonly notify?: { readonly url: string; readonly token: string }
  readonly htpasswd?: string
}

/** A real OCI registry on the loopback. */
export async function startRegistry({ dir, notify, htpasswd }: RegistryOptions) {
  mkdirSync(dir, { recursive: true })
  const port = await freePort()
  const host = `localhost:${port}`
  const passwords = join(dir, 'htpasswd')
  if (htpasswd !== undefined) writeFileSync(passwords, htpasswd)
  const endpoints = notify && [
    {
      ...{ name: 'mesh', url: notify.url, headers: { Authorization: [`Bearer ${notify.token}`] } },
      ...{ timeout: '2s', threshold: 3, backoff: '200ms' },
    },
  ]
  const config = {
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(dir, 'data') }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}`, secret: 'rig' },
    ...(endpoints ? { notifications: { endpoints } } : {}),
    ...(htpasswd === undefined ? {} : { auth: { htpasswd: { realm: 'rig', path: passwords } } }),
  }
  const file = join(dir, 'config.yml')
  writeFileSync(file, JSON.stringify(config))
  const process = await startProcess({
    name: 'registry',
    command: 'docker-registry',
    args: ['serve', file],
    logFile: join(dir, 'registry.log'),
    ready: () =>
      call(host, 'GET', '/v2/').then(
        () => true,
        (error: unknown) => String(error).includes(' 401 '),
      ),
  })
  return { host, process, stop: () => process.stop() }
}

/** An image to push. */
export interface PushedImage {
  readonly created?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly architecture?: string
  /** Makes it another image. */
  readonly salt?: string
}

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
}

/** Pushes an image without layers, and answers its digest. */
export async function pushImage(host: string, path: string, tag: string, image: PushedImage = {}): Promise<string> {
  const { created, annotations, architecture = 'amd64', salt = '' } = image
  const config = JSON.stringify({ created, os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [] }, salt })
  await pushBlob(host, path, config)
  const descriptor = { mediaType: types.config, digest: digestOf(config), size: Buffer.byteLength(config) }
  const manifest = { schemaVersion: 2, mediaType: types.manifest, config: descriptor, layers: [], annotations }
  return pushManifest(host, path, tag, types.manifest, JSON.stringify(manifest))
}

/** Pushes one image for each architecture under one tag, and answers the digest of the index. */
export async function pushIndex(
  host: string,
  path: string,
  tag: string,
  architectures: readonly string[],
  created: string,
) {
  const manifests: object[] = []
  for (const architecture of architectures) {
    const digest = await pushImage(host, path, architecture, { architecture, created })
    const { body } = await call(host, 'GET', `/v2/${path}/manifests/${digest}`, { accept: types.manifest })
    manifests.push({ mediaType: types.manifest, digest, size: body.length, platform: { os: 'linux', architecture } })
  }
  return pushManifest(
    host,
    path,
    tag,
    types.index,
    JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests }),
  )
}

/** Removes what a digest names, with its tags. */
export async function removeManifest(host: string, path: string, digest: string): Promise<void> {
  await call(host, 'DELETE', `/v2/${path}/manifests/${digest}`)
}

async function pushBlob(host: string, path: string, content: string): Promise<void> {
  const begun = await call(host, 'POST', `/v2/${path}/blobs/uploads/`)
  const location = new URL(begun.headers['location'] ?? '', `http://${host}`)
  location.searchParams.set('digest', digestOf(content))
  await call(host, 'PUT', location.pathname + location.search, { 'content-type': 'application/octet-stream' }, content)
}

async function pushManifest(host: string, path: string, tag: string, type: string, content: string): Promise<string> {
  await call(host, 'PUT', `/v2/${path}/manifests/${tag}`, { 'content-type': type }, content)
  return digestOf(content)
}

function digestOf(content: string): string {
  return `sha256:${sha256(content)}`
}

function call(host: string, method: string, path: string, headers: Record<string, string> = {}, body = '') {
  return new Promise<{ headers: Record<string, string | undefined>; body: Buffer }>((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const sent = request(`http://${host}${path}`, { method, headers: { ...headers, ...length } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const read = { headers: answer.headers as Record<string, string | undefined>, body: Buffer.concat(chunks) }
        if ((answer.statusCode ?? 500) < 300) resolve(read)
        else reject(new Error(`${method} ${path}: ${answer.statusCode ?? 0} ${read.body.toString()}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
