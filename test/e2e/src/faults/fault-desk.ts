import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  eventually,
  git,
  githubPush,
  runsHealthy,
  type DeclaredApplication,
  type DrivenRepository,
  type KubeObject,
  type MeshDriver,
  type RegistryClient,
  type Webhook,
} from '@k8or/rig'
import { conditionsOf } from '../conditions'
import { deployment } from '../manifests'
import type { MeshUnderTest } from '../mesh-under-test'
import { operation } from '../waved'
import type { FollowedFacts } from './followed-facts'

const applicationType = 'argoproj.io/v1alpha1/Application'
const deploymentType = 'apps/v1/Deployment'
// What is cut off by the end of AccessPoint is tried again soon.
const retry = { limit: 20, backoff: { duration: '1s', factor: 1 } }
const syncPolicy = { automated: { prune: true, selfHeal: true }, retry }
const patiently = { timeoutMs: 60_000, stepMs: 100 }

/** What is found when everything was done once. */
export const noSurplus = { generations: [], commits: [], factsTwice: [] }

/** A mesh whose processes are killed at any step, driven by people, hosts and registries that ask again. */
export class FaultDesk {
  readonly driver: MeshDriver
  /** What each application is to run. */
  readonly #repositories = new Map<string, DrivenRepository>()
  readonly #commits = new Map<string, string>()
  /** What each counted thing has come to, whatever was killed meanwhile. */
  readonly #generations = new Map<string, number>()
  readonly #lengths = new Map<string, number>()
  #round = 0

  constructor(
    readonly mesh: MeshUnderTest,
    readonly registry: RegistryClient,
    readonly facts: FollowedFacts,
  ) {
    this.driver = mesh.driver
  }

  /** A number that was not used before. */
  next(): number {
    return (this.#round += 1)
  }

  async deploy(name: string, files: Record<string, string>, more = {}): Promise<void> {
    this.#repositories.set(name, await this.driver.deploy(name, files, { syncPolicy, ...more }))
    await this.#noteHead(name)
  }

  /** Commits files and tells of it as a git host does: the same delivery, until it is taken. */
  async push(name: string, files: Record<string, string | null>): Promise<string> {
    const repository = this.#repositoryOf(name)
    const { before, after } = await repository.commit(files)
    this.#lengths.set(name, (this.#lengths.get(name) ?? 0) + 1)
    this.#commits.set(name, after)
    const push = { repoUrl: repository.url, after, ...(before === undefined ? {} : { before }) }
    await this.#tell(githubPush(push, this.driver.value('K8OR_WEBHOOK_SECRET')))
    return after
  }

  /** Tells of an image as a pipeline does, without its digest. */
  tellImage(image: string, tag: string): Promise<void> {
    const event = { specversion: '1.0', id: `run-${tag}`, source: '/ci', type: 'image.built', data: { image, tag } }
    const authorization = `Bearer ${this.driver.value('K8OR_WEBHOOK_SECRET')}`
    const headers = { 'content-type': 'application/cloudevents+json', authorization }
    return this.#tell({ body: JSON.stringify(event), headers })
  }

  /** The host of a repository takes no pushes until the answer is called. */
  forbidPushes(name: string): () => void {
    const hook = join(this.#repositoryOf(name).path, 'hooks/pre-receive')
    mkdirSync(dirname(hook), { recursive: true })
    writeFileSync(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    return () => rmSync(hook)
  }

  /** Waits until an application runs what it is to run, and nothing of it is on its way. */
  async untilRuns(name: string): Promise<void> {
    const commit = this.#commits.get(name)
    await this.driver.application(name, (one) => isSettled(one, commit), 60_000)
  }

  /** Waits until all run what they are to run. */
  async untilAllRun(): Promise<void> {
    await Promise.all([...this.#commits.keys()].map((name) => this.untilRuns(name)))
  }

  /** Asks the mesh as a person does who is not answered, until `isDone`. */
  async ask(method: string, message: unknown, isDone: () => Promise<boolean>): Promise<void> {
    const ask = async () => {
      if (await isDone()) return true
      await this.driver.people.call(method, message)
      return isDone()
    }
    await eventually(ask, { ...patiently, stepMs: 500, what: method })
  }

  /** Declares an application of a folder of `web`'s repository that is not counted. */
  async declare(
    name: string,
    more: Pick<DeclaredApplication, 'path' | 'targetRevision' | 'annotations'>,
  ): Promise<void> {
    const finalizers = ['resources-finalizer.argocd.argoproj.io']
    await this.driver.declare({ name, repoUrl: this.#repositoryOf('web').url, finalizers, syncPolicy, ...more })
  }

  async undeclare(name: string): Promise<void> {
    await this.driver.hub.delete(applicationType, `argocd/${name}`)
    await this.driver.hub.watchUntil(applicationType, `argocd/${name}`, (one) => one === undefined, 60_000)
  }

  /** From now on the generation of a Deployment is what was counted. */
  async count(name: string): Promise<void> {
    this.#generations.set(name, await this.#generation(name))
  }

  /** Its specification is changed once more than before. */
  expectChanges(name: string, more = 1): void {
    this.#generations.set(name, (this.#generations.get(name) ?? 0) + more)
  }

  /** The mesh has committed once more than before, to what is head now. */
  async expectCommit(name: string): Promise<void> {
    this.#lengths.set(name, (this.#lengths.get(name) ?? 0) + 1)
    await eventually(async () => (await this.#length(name)) >= (this.#lengths.get(name) ?? 0), patiently)
    this.#commits.set(name, await this.#head(name))
  }

  /** What there is more of, or less, than was asked for. */
  async surplus(): Promise<object> {
    const counted = async (expected: ReadonlyMap<string, number>, count: (name: string) => Promise<number>) => {
      const rows = [...expected].map(async ([name, wanted]) => ({ name, wanted, found: await count(name) }))
      return (await Promise.all(rows)).filter(({ wanted, found }) => wanted !== found)
    }
    return {
      generations: await counted(this.#generations, (name) => this.#generation(name)),
      commits: await counted(this.#lengths, (name) => this.#length(name)),
      factsTwice: this.facts.twice(),
    }
  }

  async #tell({ body, headers }: Webhook): Promise<void> {
    const url = this.driver.value('K8OR_WEBHOOK_URL')
    const isTaken = async () => (await this.driver.people.post(url, body, headers)).status < 300
    await eventually(isTaken, { ...patiently, what: 'the webhook' })
  }

  async #generation(name: string): Promise<number> {
    return Number((await this.driver.hub.get(deploymentType, `default/${name}`))?.metadata.generation)
  }

  async #noteHead(name: string): Promise<void> {
    this.#commits.set(name, await this.#head(name))
    this.#lengths.set(name, await this.#length(name))
  }

  #head(name: string): Promise<string> {
    return git(['-C', this.#repositoryOf(name).path, 'rev-parse', 'main'])
  }

  async #length(name: string): Promise<number> {
    return Number(await git(['-C', this.#repositoryOf(name).path, 'rev-list', '--count', 'main']))
  }

  #repositoryOf(name: string): DrivenRepository {
    const found = this.#repositories.get(name)
    if (!found) throw new Error(`no repository is called ${name}`)
    return found
  }
}

function isSettled(application: KubeObject, commit: string | undefined): boolean {
  const isFinished = operation(application, 'phase') === 'Succeeded'
  return runsHealthy(application, commit) && isFinished && conditionsOf(application).length === 0
}

/** The file of an application of one Deployment. */
export const web = (name: string, image: string) => ({ 'app/web.yaml': deployment(name, image, 1) })
