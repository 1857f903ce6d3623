import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { tar } from './tar'

/** What an image holds and says of itself; the same content makes the same digest. */
export interface ImageContent {
  readonly files?: Readonly<Record<string, string | Buffer>>
  readonly labels?: Readonly<Record<string, string>>
  /** When it was built, by its own word; RFC 3339. */
  readonly created?: string
}

/** Bytes with the name by which a registry keeps them. */
export interface Blob {
  readonly mediaType: string
  readonly digest: string
  readonly bytes: Buffer
}

/** An image as a registry takes it: first the blobs, then the manifest that names them. */
export interface Image {
  readonly manifest: Blob
  readonly blobs: readonly Blob[]
}

/** Builds an image of one layer, with no container engine. */
export function buildImage({ files = {}, labels = {}, created = '1970-01-01T00:00:00Z' }: ImageContent): Image {
  const archive = tar(files)
  const layer = blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(archive))
  const config = blob('application/vnd.oci.image.config.v1+json', {
    created,
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: [sha256(archive)] },
    history: [{ created, created_by: 'rig' }],
  })
  const manifest = blob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(config),
    layers: [descriptor(layer)],
  })
  return { manifest, blobs: [layer, config] }
}

function blob(mediaType: string, content: Buffer | object): Blob {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
  return { mediaType, digest: sha256(bytes), bytes }
}

function descriptor({ mediaType, digest, bytes }: Blob) {
  return { mediaType, digest, size: bytes.length }
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
