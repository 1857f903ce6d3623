import { hubCluster, type ObjectRef } from '@k8or/contracts'
import { KubeError, type Clusters } from '@k8or/cluster-client'
import { passPoint } from '@k8or/fault-points'
import { isOlderVersion, type KubeObject } from '@k8or/kube-objects'
import { readProject, type Project } from '@k8or/projects'
import type { Logger } from '@k8or/telemetry'
import { parseApplication, type Application } from '../../domain/application/application'
import { attentionDigest } from '../../domain/application/declaration'
import { ConflictError, type Applications } from '../../domain/application/applications'
import type { HubEvents } from './hub-events'

const group = 'argoproj.io'
const version = 'v1alpha1'
const applicationKind = { group, version, kind: 'Application' }
const projectKind = { group, version, kind: 'AppProject' }

/** Told of the applications that deserve a look. */
export type OnApplication = (uid: string) => void

/** The Applications and AppProjects of the hub, by watches. */
export class HubApplications implements Applications {
  readonly #applications = new Map<string, { application: Application; attention: string }>()
  readonly #projects = new Map<string, Project>()
  #isComplete = false
  #onChange: OnApplication = () => undefined

  constructor(
    private readonly clusters: Clusters,
    private readonly events: HubEvents,
    private readonly controlNamespace: string,
    private readonly log: Logger,
  ) {}

  /** Begins to watch; resolves when all there are have been seen. */
  async start(onChange: OnApplication, signal: AbortSignal): Promise<void> {
    this.#onChange = onChange
    await Promise.all([this.#watchProjects(signal), this.#watchApplications(signal)])
    // Ended before it was complete, nothing that is missing may be taken for gone.
    this.#isComplete = !signal.aborted
  }

  isComplete(): boolean {
    return this.#isComplete
  }

  get(uid: string): Application | undefined {
    return this.#applications.get(uid)?.application
  }

  list(): Application[] {
    return [...this.#applications.values()].map(({ application }) => application)
  }

  project(name: string): Project | undefined {
    return this.#projects.get(name)
  }

  async read(application: Application, signal: AbortSignal): Promise<Application | undefined> {
    const object = await this.clusters.get(hubCluster.name, refOf(application), { signal })
    if (object?.metadata.uid !== application.uid) return undefined
    this.#renew(object)
    return this.get(application.uid)
  }

  async patch(application: Application, patch: Record<string, unknown>, signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.clusters.mergePatch(hubCluster.name, refOf(application), patch, { signal })
      passPoint('syncmaster', 'application', 'patch')
      if (answer.metadata.uid === application.uid) this.#renew(answer)
    } catch (error) {
      if (!(error instanceof KubeError)) throw error
      if (error.status === 409) throw new ConflictError(error.message, { cause: error })
      if (error.status !== 404) throw error
    }
  }

  note(application: Application, event: { reason: string; message: string; isWarning?: boolean }): void {
    this.events.record(application, event)
  }

  #watchApplications(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.clusters.watch(hubCluster.name, applicationKind, {
        signal,
        onSnapshot: (objects) => {
          const present = new Set(objects.map((object) => object.metadata.uid))
          for (const uid of [...this.#applications.keys()]) if (!present.has(uid)) this.#drop(uid)
          for (const object of objects) if (this.#take(object)) this.#onChange(object.metadata.uid ?? '')
          resolve()
        },
        onEvent: (type, object) => {
          const uid = object.metadata.uid ?? ''
          if (type === 'DELETED') this.#drop(uid)
          else if (this.#take(object)) this.#onChange(uid)
        },
        onTrouble: (error) => {
          this.#tell('Applications', error)
          // What failed meanwhile is not to wait for its next try, which may be minutes away.
          if (!error) this.#considerAll()
        },
      })
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  #watchProjects(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.clusters.watch(hubCluster.name, projectKind, {
        signal,
        namespace: this.controlNamespace,
        onSnapshot: (objects) => {
          this.#projects.clear()
          for (const object of objects) this.#takeProject(object)
          resolve()
          this.#considerAll()
        },
        onEvent: (type, object) => {
          if (type === 'DELETED') this.#projects.delete(object.metadata.name)
          else this.#takeProject(object)
          this.#considerAll()
        },
        onTrouble: (error) => this.#tell('AppProjects', error),
      })
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  #considerAll(): void {
    if (this.#isComplete) for (const uid of this.#applications.keys()) this.#onChange(uid)
  }

  /** The watch may tell that an Application is gone before an answer tells how it was: it does not come back by that. */
  #renew(object: KubeObject): void {
    if (this.#applications.has(object.metadata.uid ?? '')) this.#take(object)
  }

  /** Answers whether the change means anything: what the mesh writes itself comes back, too. */
  #take(object: KubeObject): boolean {
    const application = this.#parse(object)
    if (!application) return false
    const known = this.#applications.get(application.uid)
    if (known && isOlderVersion(application.resourceVersion, known.application.resourceVersion)) return false
    const attention = attentionDigest(application)
    this.#applications.set(application.uid, { application, attention })
    return known?.attention !== attention
  }

  #parse(object: KubeObject): Application | undefined {
    try {
      return parseApplication(object)
    } catch (error) {
      this.log.error({ application: object.metadata.name, err: error }, 'an Application can not be read')
      return undefined
    }
  }

  #drop(uid: string): void {
    if (this.#applications.delete(uid)) this.#onChange(uid)
  }

  #takeProject(object: KubeObject): void {
    const project = readProject(object)
    this.#projects.set(project.name, project)
    if (project.problem !== undefined)
      this.log.error(
        { project: project.name, reason: project.problem },
        'an AppProject can not be read; it permits nothing',
      )
  }

  #tell(what: string, error: Error | null): void {
    if (error) this.log.warn({ err: error }, `the watch of ${what} on the hub is broken`)
    else this.log.info(`the watch of ${what} on the hub stands again`)
  }
}

/** Which object of the hub an Application is. */
function refOf(application: Pick<Application, 'namespace' | 'name'>): ObjectRef {
  return { ...applicationKind, namespace: application.namespace, name: application.name }
}
