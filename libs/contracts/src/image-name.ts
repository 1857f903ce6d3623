/** An image as manifests write it, taken apart; the name stays as it was written. */
export interface ImageReference {
  readonly name: string
  readonly tag?: string
  /** `sha256:…` */
  readonly digest?: string
}

const reference =
  /^(?<name>[A-Za-z0-9[][A-Za-z0-9.:[\]_/-]*?)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>[a-z0-9+._-]+:[0-9a-f]{32,}))?$/
const dockerHub = 'docker.io'
const dockerHubHosts = ['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']

/** Takes `[host/]path[:tag][@digest]` apart; undefined when it names no image. */
export function parseImageReference(text: string): ImageReference | undefined {
  const { name, tag, digest } = reference.exec(text)?.groups ?? {}
  if (name === undefined || /[:/]$/.test(name)) return undefined
  return { name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}

/** Puts it together again. */
export function formatImageReference({ name, tag, digest }: ImageReference): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/**
 * The one name of an image, as ImageRef has it: host in lower case and always there, and Docker Hub's short forms written
 * out: `nginx` is `docker.io/library/nginx`.
 */
export function canonicalImageName(name: string): string {
  const [first = '', ...rest] = name.split('/')
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const host = hasHost ? first.toLowerCase() : dockerHub
  const path = hasHost ? rest.join('/') : name
  if (host !== dockerHub && !dockerHubHosts.includes(host)) return `${host}/${path}`
  return `${dockerHub}/${path.includes('/') ? path : `library/${path}`}`
}
