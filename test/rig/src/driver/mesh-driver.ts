import { readFileSync } from 'node:fs'
import { githubPush } from '../git/pushes'
import { commitFiles, gitRepo, headOf, type Changes } from '../git/repository'
import { KubeClient } from '../kube/kube-client'
import type { KubeObject } from '../kube/kube-object'
import { readKubeconfig } from './read-kubeconfig'
import { PeopleClient } from './people'

/** The values of `mesh.env`, by name. */
export type MeshEnvironment = Readonly<Record<string, string>>

/** Reads a `mesh.env`: a line `NAME=value` each, the value quoted as for a shell where it must be. */
export function readMeshEnvironment(path: string): MeshEnvironment {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), unquoted(line.slice(line.indexOf('=') + 1))]),
  )
}

function unquoted(value: string): string {
  return value.startsWith("'") ? value.slice(1, -1).replaceAll("'\\''", "'") : value
}

/** What an application is to be like; the rest is as most people have it. */
export interface DeclaredApplication {
  readonly name: string
  readonly repoUrl: string
  readonly path: string
  /** What else its source says, such as `helm`. */
  readonly source?: Record<string, unknown>
  readonly namespace?: string
  readonly targetRevision?: string
  readonly server?: string
  readonly project?: string
  readonly syncPolicy?: Record<string, unknown>
  readonly annotations?: Record<string, string>
  readonly finalizers?: string[]
}

/** Drives a mesh as its users do, from the values of `mesh.env` alone. */
export class MeshDriver {
  readonly people: PeopleClient

  constructor(
    readonly environment: MeshEnvironment,
    readonly hub = new KubeClient(readKubeconfig(valueOf(environment, 'KUBECONFIG'))),
  ) {
    this.people = new PeopleClient({
      url: this.value('K8OR_URL'),
      ca: this.value('K8OR_CA'),
      token: this.value('K8OR_TOKEN'),
    })
  }

  /** A value of `mesh.env`. */
  value(name: string): string {
    return valueOf(this.environment, name)
  }

  /** Makes an empty repository on the mesh's git server. */
  async repository(name: string): Promise<DrivenRepository> {
    const path = await gitRepo(this.value('K8OR_GIT_ROOT'), name)
    return new DrivenRepository(this, `${this.value('K8OR_GIT_URL')}/${name}.git`, path)
  }

  /** Declares an Application on the hub; automated with prune and self-heal unless told otherwise. */
  declare(application: DeclaredApplication): Promise<KubeObject> {
    return this.hub.apply(manifestOf(application, this.value('K8OR_APP_NAMESPACE')))
  }

  /** Makes a repository of some files and an Application of its folder `app`; returns when that runs, healthy. */
  async deploy(
    name: string,
    files: Changes,
    more: Partial<Omit<DeclaredApplication, 'name'>> = {},
  ): Promise<DrivenRepository> {
    const repository = await this.repository(name)
    const { after } = await repository.commit(files)
    await this.declare({ name, repoUrl: repository.url, path: 'app', ...more })
    await this.application(name, (application) => runsHealthy(application, after), 60_000)
    return repository
  }

  /** Waits until a ConfigMap of the hub's namespace `default` has a value. */
  async untilApplied(name: string, value: string, timeoutMs = 30_000): Promise<void> {
    const isThere = (object: KubeObject | undefined): boolean => object?.data?.['value'] === value
    await this.hub.watchUntil('v1/ConfigMap', `default/${name}`, isThere, timeoutMs)
  }

  /** Waits until an Application on the hub is as asked. */
  application(
    name: string,
    accept: (application: KubeObject) => boolean,
    timeoutMs = 20_000,
  ): Promise<KubeObject | undefined> {
    const key = `${this.value('K8OR_APP_NAMESPACE')}/${name}`
    return this.hub.watchUntil(
      'argoproj.io/v1alpha1/Application',
      key,
      (object) => object !== undefined && accept(object),
      timeoutMs,
    )
  }

  /** The processes of the mesh, NATS and Redis included. */
  pids(): number[] {
    return this.value('K8OR_PIDS').split(',').map(Number)
  }

  /** Lets go of all connections. */
  async close(): Promise<void> {
    await Promise.all([this.people.close(), this.hub.close()])
  }
}

function valueOf(environment: MeshEnvironment, name: string): string {
  const value = environment[name]
  if (value === undefined) throw new Error(`mesh.env has no ${name}`)
  return value
}

/** A repository on the mesh's git server. */
export class DrivenRepository {
  constructor(
    readonly driver: MeshDriver,
    readonly url: string,
    readonly path: string,
  ) {}

  /** Commits files to main; nobody is told. */
  async commit(files: Changes, message = 'change'): Promise<{ before: string | undefined; after: string }> {
    const before = await headOf(this.path)
    return { before, after: await commitFiles(this.path, files, message) }
  }

  /** Tells the mesh of a push as GitHub would, and expects a 2xx; a delivery that was told before is one by its name. */
  async tell(push: { before: string | undefined; after: string }, delivery?: string): Promise<void> {
    const { driver } = this
    const webhook = githubPush(
      { repoUrl: this.url, after: push.after, ...(push.before === undefined ? {} : { before: push.before }) },
      driver.value('K8OR_WEBHOOK_SECRET'),
      delivery,
    )
    const answer = await driver.people.post(driver.value('K8OR_WEBHOOK_URL'), webhook.body, webhook.headers)
    if (answer.status >= 300)
      throw new Error(`the webhook was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  }

  /** Commits files to main and tells the mesh. */
  async push(files: Changes, message = 'change'): Promise<string> {
    const push = await this.commit(files, message)
    await this.tell(push)
    return push.after
  }
}

/** Where a value of an object is, such as `status.sync.status`; undefined where there is none. */
export function valueAt(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      object,
    )
}

/** Whether an Application runs a revision, in sync and healthy. */
export function runsHealthy(application: KubeObject, revision?: string): boolean {
  return (
    valueAt(application, 'status.sync.status') === 'Synced' &&
    valueAt(application, 'status.health.status') === 'Healthy' &&
    (revision === undefined || valueAt(application, 'status.sync.revision') === revision)
  )
}

function manifestOf(application: DeclaredApplication, namespace: string): Record<string, unknown> {
  const { name, annotations = {}, finalizers = [] } = application
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace, annotations, finalizers },
    spec: {
      project: application.project ?? 'default',
      source: {
        repoURL: application.repoUrl,
        path: application.path,
        targetRevision: application.targetRevision ?? 'main',
        ...application.source,
      },
      destination: {
        server: application.server ?? 'https://kubernetes.default.svc',
        namespace: application.namespace ?? 'default',
      },
      syncPolicy: application.syncPolicy ?? { automated: { prune: true, selfHeal: true } },
    },
  }
}
