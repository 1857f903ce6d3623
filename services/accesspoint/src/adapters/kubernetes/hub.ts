import type { KubeObject } from '@k8or/kube-objects'
import { readProject, type Project } from '@k8or/projects'
import type { PolicyFacts } from '../../domain/access/decide'
import type { Application } from '../../domain/access/application'
import type { Declarations } from '../../domain/ports'
import { ClusterTable } from '../../domain/routing/clusters'
import type { StopCopies } from '../../domain/stop/stops'
import type { RepositorySecret, RepositorySettings } from '../../domain/settings/repositories'
import { BrokenSecrets } from './broken-secrets'
import type { BadClusterSecretError } from './cluster-secret'
import type { ReachedCluster } from './connections'
import type { ClusterCredentials } from './credentials'
import { readSecret, type DeclaredSecret } from './declared-secret'
import { Pending } from './pending'
import { readClusters } from './read-clusters'
import { readApplication } from './read-declarations'
import { readStops, stopsConfigMap } from './stop-copies'

/** The kinds of declarations; each is watched for itself. */
export const declaredKinds = ['applications', 'projects', 'secrets', 'argocd-secret', 'settings'] as const
export type DeclaredKind = (typeof declaredKinds)[number]

/** The kinds that the policy is made of. */
const policyKinds: readonly DeclaredKind[] = ['applications', 'projects', 'secrets']
const secretTypeLabel = 'argocd.argoproj.io/secret-type'
const repositorySecretTypes: Readonly<Record<string, Pick<RepositorySecret, 'isTemplate' | 'isForWriting'>>> = {
  repository: { isTemplate: false, isForWriting: false },
  'repo-creds': { isTemplate: true, isForWriting: false },
  'repository-write': { isTemplate: false, isForWriting: true },
  'repo-write-creds': { isTemplate: true, isForWriting: true },
}

/** What the hub itself needs to be known by. */
export interface HubOptions {
  readonly controlNamespace: string
  readonly credentials: ClusterCredentials
  /** How long the declarations count after they can no longer be read. */
  readonly graceMs: number
  readonly now: () => number
  /** The clusters changed. */
  readonly onClusters: (clusters: readonly ReachedCluster[]) => void
  /** An Application is gone. */
  readonly onApplicationGone: (uid: string) => void
  /** A cluster Secret can not be read; the rest counts on. */
  readonly onBadSecret: (error: BadClusterSecretError) => void
}

/** What is declared on the hub, as AccessPoint's own watches see it. */
export class Hub implements Declarations {
  clusters: ClusterTable = new ClusterTable([])
  readonly facts: PolicyFacts
  readonly brokenSecrets: BrokenSecrets
  /** Secrets and settings, by kind and name. */
  private readonly objects = new Map<DeclaredKind, Map<string, KubeObject>>()
  private readonly read = new Set<DeclaredKind>()
  private readonly applications = new Map<string, Application>()
  private readonly projects = new Map<string, Project>()
  private readonly troubles = new Map<DeclaredKind | 'hub', { readonly since: number; readonly reason: string }>()
  private readonly pending = new Pending()
  private stops: StopCopies = new Map()

  constructor(private readonly options: HubOptions) {
    this.facts = this.createFacts()
    this.brokenSecrets = new BrokenSecrets(options.onBadSecret)
    this.updateClusters()
  }

  changed(withinMs: number): Promise<void> {
    return this.pending.wait(withinMs)
  }

  /** All objects of a kind, as a watch begins. */
  snapshot(kind: DeclaredKind, objects: readonly KubeObject[]): void {
    if (kind === 'applications') this.forgetApplications(new Set(objects.map((object) => object.metadata.uid ?? '')))
    if (kind === 'projects') this.projects.clear()
    this.objects.set(kind, new Map())
    for (const object of objects) this.take(kind, object)
    this.read.add(kind)
    this.tell(kind)
  }

  /** One object changed or is gone. */
  change(kind: DeclaredKind, object: KubeObject, isGone: boolean): void {
    if (isGone) this.drop(kind, object)
    else this.take(kind, object)
    this.tell(kind)
  }

  /** A watch is broken or the hub does not answer, or (null) it stands again. */
  trouble(kind: DeclaredKind | 'hub', error: Error | null): void {
    if (error === null) this.troubles.delete(kind)
    else if (!this.troubles.has(kind)) this.troubles.set(kind, { since: this.options.now(), reason: error.message })
  }

  /** Resolves when a kind has been read for the first time. */
  async untilRead(kind: DeclaredKind, signal: AbortSignal): Promise<void> {
    while (!this.read.has(kind) && !signal.aborted) await this.pending.wait(1_000)
  }

  /** The kinds that were not read yet. */
  missing(): DeclaredKind[] {
    return declaredKinds.filter((kind) => !this.read.has(kind))
  }

  /** What is declared about repositories. */
  repositorySettings(): RepositorySettings {
    const secrets = this.secrets('secrets').flatMap((secret) => {
      const type = secret.labels[secretTypeLabel]
      const kind = repositorySecretTypes[type ?? '']
      return kind ? [{ ...kind, url: secret.data['url'] ?? '', fields: secret.data }] : []
    })
    return {
      secrets: secrets.filter((secret) => secret.url !== ''),
      knownHosts: this.settings('argocd-ssh-known-hosts-cm')['ssh_known_hosts'] ?? '',
      tlsAuthorities: this.settings('argocd-tls-certs-cm'),
    }
  }

  /** The copies of the emergency stops. */
  get stopCopies(): StopCopies {
    return this.stops
  }

  /** The values of argocd-secret. */
  argocdSecret(): Readonly<Record<string, string>> {
    return this.secrets('argocd-secret')[0]?.data ?? {}
  }

  private take(kind: DeclaredKind, object: KubeObject): void {
    if (kind === 'applications') {
      const application = readApplication(object)
      this.applications.set(application.uid, application)
    } else if (kind === 'projects') this.projects.set(object.metadata.name, readProject(object))
    else this.objects.get(kind)?.set(object.metadata.name, object)
  }

  private drop(kind: DeclaredKind, { metadata }: KubeObject): void {
    if (kind === 'applications') this.forgetApplications(new Set(), metadata.uid)
    else if (kind === 'projects') this.projects.delete(metadata.name)
    else this.objects.get(kind)?.delete(metadata.name)
  }

  /** Forgets one application, or all but those that are still there. */
  private forgetApplications(kept: ReadonlySet<string>, only?: string): void {
    const gone = only === undefined ? [...this.applications.keys()].filter((uid) => !kept.has(uid)) : [only]
    for (const uid of gone) {
      this.applications.delete(uid)
      this.options.onApplicationGone(uid)
    }
  }

  private tell(kind: DeclaredKind): void {
    if (kind === 'secrets') this.updateClusters()
    if (kind === 'settings') this.stops = readStops(this.settings(stopsConfigMap))
    this.pending.tell()
  }

  private updateClusters(): void {
    const declared = this.secrets('secrets').filter(({ labels }) => labels[secretTypeLabel] === 'cluster')
    const { reached, broken } = readClusters(declared, this.options.credentials)
    this.brokenSecrets.update(broken)
    this.clusters = new ClusterTable(reached.map((cluster) => cluster.entry))
    this.options.onClusters(reached)
  }

  private createFacts(): PolicyFacts {
    const policyTrouble = (): string | undefined => this.policyTrouble()
    const isLive = (): boolean => this.troubles.size === 0
    return {
      controlNamespace: this.options.controlNamespace,
      get trouble() {
        return policyTrouble()
      },
      get isLive() {
        return isLive()
      },
      application: (uid) => this.applications.get(uid),
      project: (name) => this.projects.get(name),
      clusterOf: (destination) => this.clusters.ofDestination(destination),
      hasApplicationsIn: (namespace) =>
        [...this.applications.values()].some((application) => application.namespace === namespace),
    }
  }

  private policyTrouble(): string | undefined {
    const missing = policyKinds.find((kind) => !this.read.has(kind))
    if (missing) return `the ${missing} of the hub were not read yet`
    const oldest = [...policyKinds, 'hub' as const]
      .flatMap((kind) => this.troubles.get(kind) ?? [])
      .sort((a, b) => a.since - b.since)[0]
    if (!oldest || this.options.now() - oldest.since < this.options.graceMs) return undefined
    return `the hub has not been readable since ${new Date(oldest.since).toISOString()}: ${oldest.reason}`
  }

  private listed(kind: DeclaredKind): KubeObject[] {
    return [...(this.objects.get(kind)?.values() ?? [])]
  }

  private secrets(kind: 'secrets' | 'argocd-secret'): DeclaredSecret[] {
    return this.listed(kind).map(readSecret)
  }

  private settings(name: string): Readonly<Record<string, string>> {
    const found = this.listed('settings').find((object) => object.metadata.name === name)
    return (found?.['data'] ?? {}) as Record<string, string>
  }
}
