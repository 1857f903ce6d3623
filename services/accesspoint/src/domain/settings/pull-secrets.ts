import { z } from 'zod'
import { registryAccess, registryName, type RegistryAccess, type RegistryImage } from './registries'
import type { RepositorySettings } from './repositories'

/** A Secret that the annotation pull-secret names. */
export interface PullSecretName {
  readonly kind: 'pullsecret' | 'secret'
  readonly namespace: string
  readonly name: string
  readonly field: string
}

/** A Secret as text by field. */
export interface PullSecret {
  readonly type: string
  readonly labels: Readonly<Record<string, string>>
  readonly data: Readonly<Record<string, string>>
}

/** What a pull secret is named by, or what is in it, can not be used. */
export class PullSecretError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PullSecretError'
  }
}

const form = /^(?:(?<kind>pullsecret|secret):)(?<namespace>[a-z0-9-]+)\/(?<name>[a-z0-9.-]+)(?:#(?<field>[\w.-]+))?$/
const secretTypeLabel = 'argocd.argoproj.io/secret-type'
const reserved = ['argocd-secret', 'argocd-initial-admin-secret', 'argocd-redis']

/** @throws PullSecretError */
export function parsePullSecret(text: string): PullSecretName {
  const { kind, namespace = '', name = '', field = '' } = form.exec(text)?.groups ?? {}
  if (kind !== 'pullsecret' && kind !== 'secret')
    throw new PullSecretError(
      `pull-secret "${text}": expected pullsecret:<namespace>/<name> or secret:<namespace>/<name>#<field>`,
    )
  if (kind === 'secret' && field === '') throw new PullSecretError(`pull-secret "${text}": name the field, as #<field>`)
  return { kind, namespace, name, field }
}

/**
 * The credentials in a pull secret. Those of kind `dockerconfigjson` say for themselves which registry they are for;
 * others could be sent to any, so only Secrets of the control namespace that belong to nothing else will do.
 * @throws PullSecretError
 */
export function pullSecretAccess(
  image: RegistryImage,
  named: PullSecretName,
  secret: PullSecret,
  settings: RepositorySettings,
  controlNamespace: string,
): RegistryAccess {
  const what = `pull-secret ${named.namespace}/${named.name}`
  const credentials =
    named.kind === 'pullsecret'
      ? dockerCredentials(what, image, secret)
      : plainCredentials(what, named, secret, controlNamespace)
  const { tlsCa = '', insecure = false, plainHttp = false } = registryAccess(image, settings) ?? {}
  return { bearerToken: '', tlsClientCert: '', tlsClientKey: '', ...credentials, tlsCa, insecure, plainHttp }
}

type Credentials = Pick<RegistryAccess, 'username' | 'password'> & { readonly bearerToken?: string }

function plainCredentials(
  what: string,
  named: PullSecretName,
  secret: PullSecret,
  controlNamespace: string,
): Credentials {
  const isOwned =
    secret.labels[secretTypeLabel] !== undefined || reserved.includes(named.name) || secret.type !== 'Opaque'
  if (named.namespace !== controlNamespace || isOwned)
    throw new PullSecretError(
      `${what}: only plain Secrets of namespace ${controlNamespace} can be named by a field; use pullsecret: for others`,
    )
  const [, username, password] = /^([^:]+):([\s\S]+)$/.exec((secret.data[named.field] ?? '').trim()) ?? []
  if (username === undefined || password === undefined)
    throw new PullSecretError(`${what}: field ${named.field} is not <user>:<password>`)
  return { username, password }
}

const Text = z.string().default('')
const DockerAuth = z.object({ auth: Text, username: Text, password: Text, registrytoken: Text })
/** What is written for another registry is nobody's business here. */
const DockerConfig = z.object({ auths: z.record(z.string(), z.unknown()) })

function dockerCredentials(what: string, image: RegistryImage, { type, data }: PullSecret): Credentials {
  const text = data['.dockerconfigjson']
  if (type !== 'kubernetes.io/dockerconfigjson' || text === undefined)
    throw new PullSecretError(`${what}: it is not of type kubernetes.io/dockerconfigjson`)
  const [nearest] = Object.entries(parseAuths(what, text))
    .map(([key, auth]) => ({ auth, distance: distanceTo(key, image) }))
    .filter(({ distance }) => distance >= 0)
    .sort((a, b) => b.distance - a.distance)
  if (!nearest) throw new PullSecretError(`${what}: it has no credentials for registry ${image.registry}`)
  return readAuth(what, nearest.auth)
}

function parseAuths(what: string, text: string): Readonly<Record<string, unknown>> {
  const read = DockerConfig.safeParse(parseJson(text))
  if (read.success) return read.data.auths
  throw new PullSecretError(`${what}: field .dockerconfigjson is not a docker configuration with auths`)
}

/** The parser's message would show a part of what may be a credential. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** How much of the image's place a key names; below 0 where it is another registry or path. */
function distanceTo(key: string, { registry, path }: RegistryImage): number {
  const [host = '', ...rest] = key
    .replace(/^https?:\/\//, '')
    .replace(/\/(v1|v2)?\/?$/, '')
    .split('/')
  if (registryName(host) !== registryName(registry)) return -1
  const prefix = rest.join('/')
  return prefix === '' || path === prefix || path.startsWith(`${prefix}/`) ? prefix.length : -1
}

function readAuth(what: string, declared: unknown): Credentials {
  const read = DockerAuth.safeParse(declared)
  if (!read.success) {
    const [issue] = read.error.issues
    throw new PullSecretError(
      `${what}: an auth in it can not be read: ${[...(issue?.path ?? []), issue?.message].join(': ')}`,
    )
  }
  const { auth, username, password, registrytoken } = read.data
  if (registrytoken !== '') return { username: '', password: '', bearerToken: registrytoken }
  if (auth === '') return { username, password }
  const [, user, word] = /^([^:]*):([\s\S]*)$/.exec(Buffer.from(auth, 'base64').toString('utf8')) ?? []
  if (user === undefined || word === undefined)
    throw new PullSecretError(`${what}: an auth in it is not base64 of <user>:<password>`)
  return { username: user, password: word }
}
