import { sha256 } from '@k8or/contracts'
import { passPoint } from '@k8or/fault-points'
import type { RegistryAccess } from '../../domain/image/access'
import { parseImageName, type ImageAddress } from '../../domain/image/registry-address'
import { RegistryError } from '../../domain/image/registry-error'
import type { DescribedTag, Registry, RegistryCredentials } from '../../domain/ports'
import { readNextLink } from './challenge'
import { readConfig, readManifest, readTags } from './manifest'
import type { RegistryHttp, RegistryQuestion } from './registry-http'

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')
const manifestBytes = 4 << 20
const configBytes = 8 << 20
const pageBytes = 8 << 20
const pageSize = 1_000
const mostPages = 100
const keptDescriptions = 5_000
const digestForm = /^sha256:[0-9a-f]{64}$/

type Description = Pick<DescribedTag, 'createdAt' | 'platforms'>
type Asking = Pick<RegistryQuestion, 'at' | 'access' | 'signal'>

export interface RegistryOptions {
  /** As the annotation has it; empty for what is declared for the registry. */
  readonly pullSecret?: string
  readonly signal: AbortSignal
}

/** Registries by the distribution API. What has a digest never changes, and is read once. */
export class OciRegistry implements Registry {
  private readonly described = new Map<string, Promise<Description>>()

  constructor(private readonly parts: { readonly http: RegistryHttp; readonly credentials: RegistryCredentials }) {}

  /** All tags of an image, in the registry's order. */
  async tags(image: string, options: RegistryOptions): Promise<string[]> {
    const asking = await this.begin(image, options)
    const tags: string[] = []
    let query = `?n=${pageSize}`
    for (let page = 0; page < mostPages; page++) {
      const question = { ...asking, method: 'GET', accept: 'application/json', maxBytes: pageBytes } as const
      const { status, headers, body } = await this.parts.http.ask({ ...question, what: `tags/list${query}` })
      if (status === 404) throw missing(asking.at)
      tags.push(...readTags(asking.at, body))
      const next = readNextLink([headers.link].flat()[0], `https://${asking.at.registry}`)
      if (!next) {
        passPoint('codesource', 'registry', 'tags')
        return tags
      }
      // Whatever host the link names: the next page is where this one was.
      query = next.search
    }
    throw new RegistryError(`image ${asking.at.image} has more than ${mostPages * pageSize} tags`, 'untrue')
  }

  /** What a tag names now; undefined when there is none. */
  async describe(image: string, tag: string, options: RegistryOptions): Promise<DescribedTag | undefined> {
    const asking = await this.begin(image, options)
    const digest = await this.resolve(asking, tag)
    passPoint('codesource', 'registry', 'tag')
    return digest === undefined ? undefined : { tag, digest, ...(await this.description(asking, digest)) }
  }

  async digestOf(image: string, tag: string, options: RegistryOptions): Promise<string | undefined> {
    return (await this.describe(image, tag, options))?.digest
  }

  private async begin(image: string, { pullSecret = '', signal }: RegistryOptions): Promise<Asking> {
    const at = parseImageName(image)
    const access: RegistryAccess = await this.parts.credentials.of(at.registry, at.path, pullSecret)
    return { at, access, signal }
  }

  /** By the header alone where there is one: registries do not count such questions. */
  private async resolve(asking: Asking, tag: string): Promise<string | undefined> {
    const { http } = this.parts
    const question = { ...asking, what: `manifests/${tag}`, accept: manifestTypes, maxBytes: manifestBytes } as const
    const { status, headers } = await http.ask({ ...question, method: 'HEAD' })
    if (status === 404) return undefined
    const told = headers['docker-content-digest']
    if (typeof told === 'string' && digestForm.test(told)) return told
    const reply = await http.ask({ ...question, method: 'GET' })
    return reply.status === 404 ? undefined : `sha256:${sha256(reply.body)}`
  }

  private description(asking: Asking, digest: string): Promise<Description> {
    const known = this.described.get(digest)
    if (known) return known
    const reading = this.readDescription(asking, digest)
    this.described.set(digest, reading)
    reading.catch(() => this.described.delete(digest))
    const [oldest] = this.described.keys()
    if (this.described.size > keptDescriptions && oldest !== undefined) this.described.delete(oldest)
    return reading
  }

  private async readDescription(asking: Asking, digest: string): Promise<Description> {
    const manifest = readManifest(asking.at, await this.read(asking, 'manifests', digest, manifestBytes))
    const { createdAt, platforms, child, config } = manifest
    // An index says which platforms there are, and each of its images when it was made.
    if (child !== undefined)
      return { platforms, createdAt: createdAt ?? (await this.description(asking, child)).createdAt }
    if (config === undefined) return { platforms, createdAt }
    const read = readConfig(await this.read(asking, 'blobs', config, configBytes))
    return { platforms: read.platforms, createdAt: createdAt ?? read.createdAt }
  }

  private async read(asking: Asking, kind: 'manifests' | 'blobs', digest: string, maxBytes: number): Promise<Buffer> {
    const accept = kind === 'manifests' ? manifestTypes : '*/*'
    const { status, body } = await this.parts.http.ask({
      ...asking,
      method: 'GET',
      what: `${kind}/${digest}`,
      accept,
      maxBytes,
    })
    const { image, registry } = asking.at
    if (status === 404) throw new RegistryError(`image ${image}: registry ${registry} has no ${digest}`, 'missing')
    const real = `sha256:${sha256(body)}`
    if (real !== digest)
      throw new RegistryError(
        `image ${image}: registry ${registry} answers for ${digest} with content whose digest is ${real}`,
        'untrue',
      )
    return body
  }
}

function missing({ image, registry }: ImageAddress): RegistryError {
  return new RegistryError(`image ${image} is not in registry ${registry}`, 'missing')
}
