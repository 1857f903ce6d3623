import { z } from 'zod'
import type { ImageAddress } from '../../domain/image/registry-address'
import { RegistryError } from '../../domain/image/registry-error'
import { parseJson } from './token'

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const annotations = z.record(z.string(), z.string()).nullish()
const Platform = z.looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
const Child = z.looseObject({ digest, platform: Platform.optional() })
const Index = z.looseObject({ manifests: z.array(Child), annotations })
const Manifest = z.looseObject({ config: z.looseObject({ digest, mediaType: z.string() }), annotations })
const Config = z.looseObject({ created: z.string().optional(), ...Platform.partial().shape })
const Tags = z.looseObject({ tags: z.array(z.string()).nullable() })

/** What a manifest or an index says. */
export interface ReadManifest {
  readonly createdAt: string | undefined
  readonly platforms: readonly string[]
  /** The configuration to read for more; images have one. */
  readonly config?: string
  /** Of an index: one of its images. */
  readonly child?: string
}

/** @throws RegistryError */
export function readManifest({ image }: ImageAddress, body: Buffer): ReadManifest {
  const json = parseJson(body)
  const index = Index.safeParse(json).data
  if (index) {
    // What is for no platform is no image, but says something of one.
    const images = index.manifests.filter(({ platform }) => platform && platform.os !== 'unknown')
    const platforms = images.flatMap(({ platform }) => (platform ? [platformOf(platform)] : []))
    const child = (images[0] ?? index.manifests[0])?.digest
    return { createdAt: createdIn(index.annotations), platforms, ...(child === undefined ? {} : { child }) }
  }
  const manifest = Manifest.safeParse(json).data
  if (!manifest) throw new RegistryError(`image ${image}: its manifest is of a kind that is not supported`, 'untrue')
  const isImage = /image\.(config\.)?v1\+json$|container\.image/.test(manifest.config.mediaType)
  const createdAt = createdIn(manifest.annotations)
  return { createdAt, platforms: [], ...(isImage ? { config: manifest.config.digest } : {}) }
}

/** What an image's configuration says. */
export function readConfig(body: Buffer): {
  readonly createdAt: string | undefined
  readonly platforms: readonly string[]
} {
  const { created, os, architecture, variant } = Config.safeParse(parseJson(body)).data ?? {}
  const isKnown = os !== undefined && os !== '' && architecture !== undefined && architecture !== ''
  const platforms = isKnown ? [platformOf({ os, architecture, variant })] : []
  return { createdAt: dateOf(created), platforms }
}

/** @throws RegistryError */
export function readTags({ image, registry }: ImageAddress, body: Buffer): readonly string[] {
  const read = Tags.safeParse(parseJson(body)).data
  if (!read)
    throw new RegistryError(`image ${image}: registry ${registry} does not answer with a list of tags`, 'untrue')
  return read.tags ?? []
}

function createdIn(all: Readonly<Record<string, string>> | null | undefined): string | undefined {
  return dateOf(all?.['org.opencontainers.image.created'])
}

/** In the one form that records have; reproducible builds say the beginning of time, which says nothing. */
function dateOf(text: string | undefined): string | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) || at <= 0 ? undefined : new Date(at).toISOString()
}

function platformOf({
  os,
  architecture,
  variant,
}: {
  os: string
  architecture: string
  variant?: string | undefined
}): string {
  return [os, architecture, ...(variant === undefined || variant === '' ? [] : [variant])].join('/')
}
