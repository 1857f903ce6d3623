import type { Message } from '@bufbuild/protobuf'
import { canonicalRepositoryUrl } from '@k8or/contracts'
import type { GetRepositoryResponse } from '@k8or/contracts/rpc/accesspoint/v1/settings'

/** A repository Secret, or a template for repositories (repo-creds), as text by field. */
export interface RepositorySecret {
  readonly isTemplate: boolean
  /** For pushing, not for fetching (repository-write, repo-write-creds). */
  readonly isForWriting: boolean
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

/** What is declared about repositories and their hosts. */
export interface RepositorySettings {
  readonly secrets: readonly RepositorySecret[]
  /** `ssh_known_hosts` of argocd-ssh-known-hosts-cm. */
  readonly knownHosts: string
  /** argocd-tls-certs-cm: PEM by host. */
  readonly tlsAuthorities: Readonly<Record<string, string>>
}

/** What a service needs to read one repository, as the contract has it; empty where nothing is declared. */
export type RepositoryAccess = Omit<GetRepositoryResponse, keyof Message>

const credentialFields = [
  'username',
  'password',
  'bearerToken',
  'sshPrivateKey',
  'tlsClientCertData',
  'tlsClientCertKey',
]

/**
 * What is declared for a repository: its own Secret; where that has no credentials, those of the template with the longest
 * prefix of its URL. Undefined when nothing is.
 */
export function repositoryAccess(url: string, settings: RepositorySettings): RepositoryAccess | undefined {
  const secrets = settings.secrets.filter(({ isForWriting }) => !isForWriting)
  return accessBy(secrets, url, settings)
}

/** What is declared for pushing to a repository, by the Secrets for writing; where there are none, what it is read with. */
export function repositoryWriteAccess(url: string, settings: RepositorySettings): RepositoryAccess | undefined {
  const canonical = canonicalRepositoryUrl(url)
  const secrets = settings.secrets.filter(({ isForWriting }) => isForWriting)
  const isDeclared = ownOf(canonical, secrets) ?? longestTemplate(canonical, secrets)
  return isDeclared ? accessBy(secrets, url, settings) : repositoryAccess(url, settings)
}

function ownOf(canonical: string, secrets: readonly RepositorySecret[]): RepositorySecret | undefined {
  return secrets.find((one) => !one.isTemplate && canonicalRepositoryUrl(one.url) === canonical)
}

function accessBy(
  secrets: readonly RepositorySecret[],
  url: string,
  settings: RepositorySettings,
): RepositoryAccess | undefined {
  const canonical = canonicalRepositoryUrl(url)
  const own = ownOf(canonical, secrets)
  const template = own && hasCredentials(own) ? undefined : longestTemplate(canonical, secrets)
  const read = (field: string): string => own?.fields[field] ?? template?.fields[field] ?? ''
  const knownHosts = canonical.startsWith('ssh:') ? settings.knownHosts : ''
  const tlsCa = authorityOf(hostOf(canonical), settings)
  if (!own && !template && knownHosts === '' && tlsCa === '') return undefined
  return {
    username: read('username'),
    password: read('password'),
    bearerToken: read('bearerToken'),
    sshPrivateKey: read('sshPrivateKey'),
    knownHosts,
    tlsCa,
    tlsClientCert: read('tlsClientCertData'),
    tlsClientKey: read('tlsClientCertKey'),
    insecure: read('insecure') === 'true',
    insecureIgnoreHostKey: read('insecureIgnoreHostKey') === 'true' || read('insecure') === 'true',
    proxy: read('proxy'),
    noProxy: read('noProxy'),
  }
}

/** The authority that is declared for a host; it may be called like a part of every object. */
export function authorityOf(host: string, { tlsAuthorities }: RepositorySettings): string {
  return Object.hasOwn(tlsAuthorities, host) ? (tlsAuthorities[host] ?? '') : ''
}

function hasCredentials(secret: RepositorySecret): boolean {
  return credentialFields.some((field) => (secret.fields[field] ?? '') !== '')
}

function longestTemplate(canonical: string, secrets: readonly RepositorySecret[]): RepositorySecret | undefined {
  return secrets
    .filter((one) => one.isTemplate && isPrefix(canonicalRepositoryUrl(one.url), canonical))
    .reduce<RepositorySecret | undefined>(
      (best, one) => (best && best.url.length >= one.url.length ? best : one),
      undefined,
    )
}

/** A prefix ends inside the path: one that ends inside the host would hand credentials to hosts that begin alike. */
function isPrefix(prefix: string, canonical: string): boolean {
  return canonical.startsWith(prefix) && hostOf(prefix) === hostOf(canonical)
}

function hostOf(canonical: string): string {
  return (canonical.split('//')[1] ?? '').split('/')[0]?.replace(/:\d+$/, '') ?? ''
}
