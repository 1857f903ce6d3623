import { sha256 } from '@k8or/contracts'
import { RegistryClient, type RegistryAccess } from '@k8or/rig'
import { request } from 'node:http'

const indexType = 'application/vnd.oci.image.index.v1+json'
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** An index to push: one image, under the names of several platforms. */
export interface PushedIndex {
  readonly architectures: readonly string[]
  readonly created: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** Pushes an index under a tag, as builds for several platforms do; answers its digest. */
export async function pushIndex(
  access: RegistryAccess,
  path: string,
  tag: string,
  index: PushedIndex,
): Promise<string> {
  const { architectures, created, annotations } = index
  const client = new RegistryClient(access)
  const digest = await client.push(path, `${tag}-image`, { created })
  await client.close()
  const manifests = architectures.map((architecture) => {
    return { mediaType: manifestType, digest, size: 1, platform: { os: 'linux', architecture } }
  })
  const content = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests, annotations })
  await put(access, `/v2/${path}/manifests/${tag}`, content)
  return `sha256:${sha256(content)}`
}

function put({ host, username, password }: RegistryAccess, path: string, content: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const headers = { authorization, 'content-type': indexType, 'content-length': Buffer.byteLength(content) }
  return new Promise((resolve, reject) => {
    const sent = request(`http://${host}${path}`, { method: 'PUT', headers }, (answer) => {
      answer.resume()
      if (answer.statusCode === 201) resolve()
      else reject(new Error(`PUT ${path}: ${answer.statusCode ?? 0}`))
    })
    sent.on('error', reject)
    sent.end(content)
  })
}
