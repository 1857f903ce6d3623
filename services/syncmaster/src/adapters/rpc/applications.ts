import { decisionRecord } from '@k8or/contracts'
import {
  Applications as ApplicationsService,
  type ApplicationName,
  type DiffRequest,
  type GetRequest,
  type HistoryRequest,
  type ListRequest,
  type SyncRequest,
  type WhyRequest,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { HandlerContext } from '@connectrpc/connect'
import type { Bus } from '@k8or/jetstream'
import { actorOf, NotFoundError, RpcService } from '@k8or/rpc'
import { projectOf, type Application } from '../../domain/application/application'
import { compareTexts } from '../../domain/compare-refs'
import type { Ports } from '../../domain/ports'
import { explainDiff } from '../../domain/sync/explain-diff'
import { requestedInfo, requestOperation } from '../../domain/sync/request-operation'
import { openQuestion } from '../../domain/sync/open-question'
import type { Settings } from '../../domain/sync/work'
import { applicationMessage, diffMessage, historyMessages, resourceMessages, resultMessages } from './messages'

/** Answers for the Applications of the hub, and takes what people ask of them. */
@RpcService(ApplicationsService)
export class ApplicationAnswers {
  readonly #decisions

  constructor(
    private readonly ports: Ports,
    private readonly settings: Settings,
    bus: Bus,
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

  async sync({ name, prune, dryRun, revision }: SyncRequest, context: HandlerContext) {
    const requestedAt = new Date().toISOString()
    const username = actorOf(context).replace(/^user:/, '')
    const operation = {
      sync: { ...(revision === '' ? {} : { revision }), ...(prune ? { prune } : {}), ...(dryRun ? { dryRun } : {}) },
      initiatedBy: { username },
      info: [{ name: requestedInfo, value: requestedAt }],
    }
    const { uid } = await requestOperation(this.ports.applications, this.#find(name), operation, context.signal)
    this.ports.agenda.mark(uid)
    return { requestedAt }
  }

  history({ name }: HistoryRequest) {
    return { entries: historyMessages(this.#find(name)) }
  }

  async why({ name }: WhyRequest) {
    const row = await this.#decisions.get(this.#find(name).uid)
    return { decisions: row?.value.history ?? [] }
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
