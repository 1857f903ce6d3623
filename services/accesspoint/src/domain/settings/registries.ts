import { canonicalImageName } from '@k8or/contracts'
import { authorityOf, type RepositorySecret, type RepositorySettings } from './repositories'

/** An image, by its registry and the path there. */
export interface RegistryImage {
  readonly registry: string
  readonly path: string
}

/** What a service needs to ask a registry; empty where nothing is declared. */
export interface RegistryAccess {
  readonly username: string
  readonly password: string
  readonly bearerToken: string
  readonly tlsCa: string
  readonly tlsClientCert: string
  readonly tlsClientKey: string
  readonly insecure: boolean
  readonly plainHttp: boolean
}

/**
 * What is declared for a registry by the Secrets of its repositories: the one whose path is nearest to the image's, and
 * of equally near ones a repository before a template. Undefined when nothing is.
 */
export function registryAccess(image: RegistryImage, settings: RepositorySettings): RegistryAccess | undefined {
  const near = settings.secrets
    .filter(({ isForWriting }) => !isForWriting)
    .flatMap((secret) => {
      const at = placeOf(secret)
      return at?.registry === registryName(image.registry) ? [{ secret, distance: nearness(at.path, image.path) }] : []
    })
    .sort((a, b) => b.distance - a.distance || Number(a.secret.isTemplate) - Number(b.secret.isTemplate))
  const [nearest] = near
  const tlsCa = authorityOf(image.registry.replace(/:\d+$/, ''), settings)
  if (!nearest && tlsCa === '') return undefined
  const read = (field: string): string => nearest?.secret.fields[field] ?? ''
  return {
    username: read('username'),
    password: read('password'),
    bearerToken: read('bearerToken'),
    tlsCa,
    tlsClientCert: read('tlsClientCertData'),
    tlsClientKey: read('tlsClientCertKey'),
    insecure: read('insecure') === 'true',
    plainHttp: read('insecureOCIForceHttp') === 'true',
  }
}

/** The one name of a registry: Docker Hub has several. */
export function registryName(host: string): string {
  return canonicalImageName(`${host}/x/y`).split('/')[0] ?? ''
}

/** Where an OCI repository is, with or without the scheme; undefined for all others. */
function placeOf({ url, fields }: RepositorySecret): RegistryImage | undefined {
  const isOci = /^oci:\/\//i.test(url)
  if (!isOci && fields['enableOCI'] !== 'true') return undefined
  const [host = '', ...path] = url
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/+$/, '')
    .split('/')
  return { registry: registryName(host), path: path.join('/') }
}

/** How much of an image's path a repository's path is; below 0 where it leads elsewhere in the same registry. */
function nearness(path: string, imagePath: string): number {
  if (path === '' || path === imagePath || imagePath.startsWith(`${path}/`)) return path.length
  return -1
}
