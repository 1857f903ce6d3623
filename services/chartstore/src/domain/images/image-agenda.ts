import type { Marks } from '@k8or/outcome'
import type { ApplicationIndex } from '../applications/application-index'
import type { ImageDecisions } from './ports'
import type { ImagePolicy } from './policy'
import { policiesFor, writerOf, type ImageWriter } from './write-back/image-writer'
import type { RegistryViews } from './write-back/registry-views'
import type { Looked, Writing } from './write-back/writing'

const settleMs = 61_000

export interface ImageAgendaParts {
  readonly applications: ApplicationIndex
  readonly writing: Writing
  readonly registries: RegistryViews
  readonly decisions: ImageDecisions
  readonly marks: Marks
  /** How often registries are asked. */
  readonly registryIntervalMs: number
}

/** Decides what there is to look at after an image was pushed, or what is written about images has changed. */
export class ImageAgenda {
  constructor(private readonly parts: ImageAgendaParts) {}

  /** Everything that is known is looked at now; what is remembered of applications that are gone is forgotten. */
  async begin(): Promise<void> {
    const { applications, decisions } = this.parts
    for (const uid of decisions.uids()) if (!applications.get(uid)) await decisions.forget(uid)
    for (const writer of this.writers()) this.lookAt(writer)
  }

  /** An application is declared anew: what it says of images may be new, or a hold may be over. */
  declared(uid: string): void {
    const record = this.parts.applications.get(uid)?.record
    const writer = record && writerOf(record)
    if (writer) this.lookAt(writer)
  }

  removed(uid: string): Promise<void> {
    return this.parts.decisions.forget(uid)
  }

  /** The branch of a revision has a new head. */
  revised(key: string): void {
    if (this.writers().some((writer) => writer.key === key)) this.parts.marks.mark(`write/${key}`)
  }

  built(imageToken: string): void {
    this.parts.marks.mark(`image/${imageToken}`)
  }

  /** Looks at one key; answers what came of a branch. */
  async handle(key: string, signal: AbortSignal): Promise<Looked | undefined> {
    const slash = key.indexOf('/')
    const [kind, name] = [key.slice(0, slash), key.slice(slash + 1)]
    if (kind === 'image') await this.considerBuilt(name)
    if (kind === 'registry') await this.askRegistry(name)
    return kind === 'write' ? this.write(name, signal) : undefined
  }

  private async write(key: string, signal: AbortSignal): Promise<Looked> {
    const looked = await this.parts.writing.look(key, signal)
    if (looked.isWaiting) await this.parts.marks.later(`write/${key}`, settleMs, 'settle')
    return looked
  }

  /** What was pushed is enough for most policies; which platforms it is for only the registry knows. */
  private async considerBuilt(imageToken: string): Promise<void> {
    const policies = this.writers().flatMap((writer) => policiesFor(writer, imageToken))
    const curious = groups(policies).filter((group) => group.some(({ platforms }) => platforms.length > 0))
    await Promise.all(curious.map((group) => this.parts.registries.refresh(group)))
    this.writeWhereNamed(imageToken)
  }

  /** The next question is announced first, so that one that fails is not the last. */
  private async askRegistry(imageToken: string): Promise<void> {
    const policies = this.writers().flatMap((writer) => policiesFor(writer, imageToken))
    if (policies.length === 0) return
    await this.parts.marks.later(`registry/${imageToken}`, this.parts.registryIntervalMs, 'registry')
    const news = await Promise.all(groups(policies).map((group) => this.parts.registries.refresh(group)))
    if (news.includes(true)) this.writeWhereNamed(imageToken)
  }

  private writeWhereNamed(imageToken: string): void {
    const keys = this.writers().filter((writer) => policiesFor(writer, imageToken).length > 0)
    for (const key of new Set(keys.map((writer) => writer.key))) this.parts.marks.mark(`write/${key}`)
  }

  private lookAt({ key, policies }: ImageWriter): void {
    this.parts.marks.mark(`write/${key}`)
    for (const { token, problems } of policies.images)
      if (problems.length === 0) this.parts.marks.mark(`registry/${token}`)
  }

  private writers(): ImageWriter[] {
    const { applications } = this.parts
    const records = applications.uids().map((uid) => applications.get(uid)?.record)
    return records.map((record) => record && writerOf(record)).filter((writer) => writer !== undefined)
  }
}

/** Policies of one image with the same credentials ask together. */
function groups(policies: readonly ImagePolicy[]): ImagePolicy[][] {
  return Object.values(Object.groupBy(policies, ({ pullSecret }) => pullSecret)).filter((group) => group !== undefined)
}
