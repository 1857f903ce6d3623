import { canonicalImageName } from '@k8or/contracts'
import { RegistryError } from './registry-error'

/** Where an image is: the registry's host with its port, and the path there. */
export interface ImageAddress {
  /** In full, as it is told to people. */
  readonly image: string
  /** `host[:port]`, as manifests name it. */
  readonly registry: string
  /** What is connected to. */
  readonly host: string
  readonly port: number | undefined
  readonly path: string
}

// As the distribution specification has names.
const pathForm = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const registryForm = /^(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::(?<port>\d{1,5}))?$/
/** Docker Hub answers under another name than its images have. */
const apiHosts: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' }

/** @throws RegistryError */
export function parseImageName(name: string): ImageAddress {
  const image = canonicalImageName(name)
  const slash = image.indexOf('/')
  const [registry, path] = [image.slice(0, slash), image.slice(slash + 1)]
  const { host, port } = registryForm.exec(registry)?.groups ?? {}
  if (host === undefined) throw invalid(name, `"${registry}" is no registry’s host`)
  if (path.length > 255 || !pathForm.test(path)) throw invalid(name, `"${path}" can not be a path in a registry`)
  const number = port === undefined ? undefined : Number(port)
  if (number !== undefined && (number < 1 || number > 65_535)) throw invalid(name, `"${port}" is no port`)
  return { image, registry, host: (apiHosts[registry] ?? host).replace(/^\[|\]$/g, ''), port: number, path }
}

function invalid(name: string, why: string): RegistryError {
  return new RegistryError(`image ${name} can not be asked for: ${why}`, 'invalid')
}
