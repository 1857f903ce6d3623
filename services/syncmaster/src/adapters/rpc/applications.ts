import { decisionRecord } from '@k8or/contracts'
import {
  Applications as ApplicationsService,
  type ApplicationName,
  type DiffRequest,
  type GetRequest,
  type HistoryRequest,
  type ListRequest,
  type RefreshRequest,
  type ResumeRequest,
  type RollbackRequest,
  type SuspendRequest,
  type SyncRequest,
  type TerminateRequest,
  type WhyRequest,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { HandlerContext } from '@connectrpc/connect'
import type { Bus } from '@k8or/jetstream'
import { actorOf, NotFoundError, RpcService } from '@k8or/rpc'
import { projectOf, type Application } from '../../domain/application/application'
import { automationOf } from '../../domain/application/policy'
import { compareTexts } from '../../domain/compare-refs'
import type { Ports } from '../../domain/ports'
import { findRelease, ReleaseNotKeptError, type Way } from '../../domain/rollback/find-release'
import { liftHold, suspend } from '../../domain/rollback/change-hold'
import type { Git } from '../../domain/rollback/revert-git'
import { rollBack, rollBackWithGit } from '../../domain/rollback/roll-back'
import { explainDiff } from '../../domain/question/explain-diff'
import { requestedInfo, requestOperation } from '../../domain/sync/request-operation'
import { requestTermination } from '../../domain/sync/request-termination'
import { openQuestion } from '../../domain/question/open-question'
import type { Settings } from '../../domain/sync/work'
import type { Refresher } from '../refresher'
import {
  applicationMessage,
  diffMessage,
  historyMessages,
  holdMessage,
  resourceMessages,
  resultMessages,
  syncOperation,
} from './messages'

/** Answers for the Applications of the hub, and takes what people ask of them. */
@RpcService(ApplicationsService)
export class ApplicationAnswers {
  readonly #decisions

  constructor(
    private readonly ports: Ports,
    private readonly settings: Settings,
    bus: Bus,
    private readonly git: Git,
    private readonly refresher: Refresher,
  ) {
    this.#decisions = bus.records(decisionRecord)
  }

  list({ project }: ListRequest) {
    const applications = this.ports.applications
      .list()
      .filter((application) => project === '' || projectOf(application.spec) === project)
      .sort((a, b) => compareTexts(a.namespace, b.namespace) || compareTexts(a.name, b.name))
    return { applications: applications.map((application) => this.#message(application)) }
  }

  get({ name }: GetRequest) {
    const application = this.#find(name)
    return {
      application: this.#message(application),
      resources: resourceMessages(application),
      results: resultMessages(application),
    }
  }

  async diff({ name, prune }: DiffRequest, context: HandlerContext) {
    const application = this.#find(name)
    const work = await openQuestion(application, this.ports, this.settings, context.signal)
    const objects = await explainDiff(work, prune)
    return { release: BigInt(work.release?.release ?? 0), objects: objects.map(diffMessage) }
  }

  async sync({ name, ...wanted }: SyncRequest, context: HandlerContext) {
    const requestedAt = new Date().toISOString()
    const username = actorOf(context).replace(/^user:/, '')
    const operation = {
      sync: syncOperation(wanted),
      initiatedBy: { username },
      info: [{ name: requestedInfo, value: requestedAt }],
    }
    const { uid } = await requestOperation(this.ports.applications, this.#find(name), operation, context.signal)
    this.ports.marks.mark(uid)
    return { requestedAt }
  }

  async terminate({ name }: TerminateRequest, context: HandlerContext) {
    const application = this.#find(name)
    const requestedAt = new Date().toISOString()
    const asked = { actor: actorOf(context), at: requestedAt }
    await requestTermination(this.ports.applications, application, asked, context.signal)
    this.ports.marks.mark(application.uid)
    return { requestedAt }
  }

  async rollback({ name, reason, prune, dryRun, git, ...wanted }: RollbackRequest, context: HandlerContext) {
    const { signal } = context
    const application = this.#find(name)
    const way = await this.#way(application, wanted, signal)
    const answer = {
      requestedAt: new Date().toISOString(),
      release: BigInt(way.release.release),
      from: BigInt(way.from),
    }
    if (dryRun) {
      const work = await openQuestion(application, this.ports, this.settings, signal, way.release.release)
      return { ...answer, objects: (await explainDiff(work, prune)).map(diffMessage) }
    }
    const at = answer.requestedAt
    const request = { release: way.release.release, actor: actorOf(context), reason, prune, at }
    const { endsRunning, commits } = git
      ? await rollBackWithGit({ ...this.ports, git: this.git }, application, { ...request, way }, signal)
      : await rollBack(this.ports, application, request, signal)
    return { ...answer, endsRunning, commits: [...commits] }
  }

  async suspend({ name, reason }: SuspendRequest, context: HandlerContext) {
    const application = this.#find(name)
    const wish = { actor: actorOf(context), reason, since: new Date().toISOString() }
    const hold = await suspend(this.ports.applications, application, wish, context.signal)
    this.ports.marks.mark(application.uid)
    return { hold: holdMessage(hold) }
  }

  async resume({ name }: ResumeRequest, context: HandlerContext) {
    const application = this.#find(name)
    const lifted = await liftHold(this.ports.applications, application, context.signal)
    this.ports.marks.mark(application.uid)
    return { lifted: lifted.map(holdMessage), automated: automationOf(application.spec).automated }
  }

  async refresh({ name, hard }: RefreshRequest, { signal }: HandlerContext) {
    const application = this.#find(name)
    const refreshed = await this.refresher.refresh(application, hard, signal)
    this.ports.marks.mark(application.uid)
    return refreshed
  }

  history({ name }: HistoryRequest) {
    return { entries: historyMessages(this.#find(name)) }
  }

  async why({ name }: WhyRequest) {
    const row = await this.#decisions.get(this.#find(name).uid)
    return { decisions: row?.value.history ?? [] }
  }

  async #way(
    application: Application,
    { release, historyId }: Pick<RollbackRequest, 'release' | 'historyId'>,
    signal: AbortSignal,
  ): Promise<Way> {
    const wanted = { release: Number(release), historyId: historyId === undefined ? undefined : Number(historyId) }
    try {
      return await findRelease(this.ports, application, wanted, signal)
    } catch (error) {
      throw error instanceof ReleaseNotKeptError ? new NotFoundError(error.message) : error
    }
  }

  #find(name: ApplicationName | undefined): Application {
    const namespace = name?.namespace || this.settings.controlNamespace
    const found = this.ports.applications
      .list()
      .find((application) => application.name === name?.name && application.namespace === namespace)
    if (!found) throw new NotFoundError(`there is no application ${name?.name ?? ''} in namespace ${namespace}`)
    return found
  }

  #message(application: Application) {
    return applicationMessage(application, this.settings.controlNamespace)
  }
}
