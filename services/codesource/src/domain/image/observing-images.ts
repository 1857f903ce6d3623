import {
  imageBuilt,
  tagMoved,
  type Announcer,
  type DeliveryReceived,
  type Fact,
  type ImageRecord,
  type PushRecord,
} from '@k8or/contracts'
import { Later, Never } from '@k8or/outcome'
import type { Clock, OwnRow, OwnRows, Registry } from '../ports'
import { mergePushes, pushesOf } from './pushes'
import { builtFact, movedFact, nextImage } from './records'
import { RegistryError } from './registry-error'

export interface ObservingImagesParts {
  readonly pushes: OwnRows<PushRecord>
  readonly images: OwnRows<ImageRecord>
  readonly registry: Registry
  readonly announcer: Announcer<'codesource'>
  readonly clock: Clock
}

/** Turns what webhooks say of images into records and facts. Each step can be repeated. */
export class ObservingImages {
  constructor(private readonly parts: ObservingImagesParts) {}

  /** Notes what a delivery says, so that it is not lost; answers the keys to look at. */
  async note(fact: Fact<DeliveryReceived>, traceparent: string | undefined): Promise<readonly string[]> {
    const noted = pushesOf(fact, traceparent)
    await Promise.all([...noted].map(([key, push]) => this.notePush(key, push)))
    return [...noted.keys()]
  }

  /** A look may end while this is written: then it is written once more, over what the look left. */
  private async notePush(key: string, push: PushRecord): Promise<void> {
    const { pushes } = this.parts
    const row = await pushes.get(key)
    try {
      await pushes.write(key, mergePushes(row?.value, push), row?.number ?? 0)
    } catch (error) {
      const now = await pushes.get(key)
      if (now?.number === row?.number) throw error
      await this.notePush(key, push)
    }
  }

  /** The keys that are still to be looked at. */
  async open(): Promise<readonly string[]> {
    const rows = await this.parts.pushes.list()
    return rows.filter(({ value }) => value.open).map(({ key }) => key)
  }

  async traceparentOf(key: string): Promise<string | undefined> {
    return (await this.parts.pushes.get(key))?.value.traceparent
  }

  /** Announces what a process that was killed wrote and may not have announced. */
  async announceAgain(): Promise<void> {
    for (const row of await this.parts.images.list()) await this.announceUnlessDone(row.key, row)
  }

  /**
   * Looks at one tag that was pushed.
   * @throws Later when its registry must be asked and does not answer; Never when the tag is gone
   */
  async look(key: string, signal: AbortSignal): Promise<void> {
    const { pushes, images, clock } = this.parts
    const [push, known] = await Promise.all([pushes.get(key), images.get(key)])
    if (!push?.value.open) return
    const digest = await this.digestOf(push.value, known?.value, signal)
    const record = digest === undefined ? undefined : nextImage(known?.value, push.value, digest, clock())
    if (record) await this.announce(key, record, await images.write(key, record, known?.number ?? 0))
    else if (known) await this.announceUnlessDone(key, known)
    // What was said meanwhile is looked at next.
    const isNewest = (await pushes.get(key))?.number === push.number
    if (isNewest) await pushes.write(key, { ...push.value, open: false }, push.number)
    if (digest === undefined) throw vanished(push.value)
  }

  /** What the sender says, unless it does not know, or says other than is known: then the registry has the last word. */
  private async digestOf(
    { image, tag, digest }: PushRecord,
    known: ImageRecord | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (digest !== '' && (!known || known.digest === digest)) return digest
    try {
      return await this.parts.registry.digestOf(image.name, tag, { signal })
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error
      if (digest !== '') return digest
      if (error.reason === 'missing') return undefined
      if (error.reason === 'invalid' || error.reason === 'untrue') throw new Never(error.message)
      throw new Later(error.message, error.retryAfterMs, { cause: error })
    }
  }

  private async announceUnlessDone(key: string, { value, number }: OwnRow<ImageRecord>): Promise<void> {
    if (!value.announced) await this.announce(key, value, number)
  }

  /** The record comes first, then the facts, then that they are stored. */
  private async announce(key: string, record: ImageRecord, number: number): Promise<void> {
    const { announcer, images } = this.parts
    if (record.moved) await announcer.publish(tagMoved, movedFact(record))
    await announcer.publish(imageBuilt, builtFact(record))
    await images.write(key, { ...record, announced: true }, number)
  }
}

function vanished({ image, tag, via }: PushRecord): Never {
  const sender = via === 'registry' ? 'its registry' : 'a pipeline'
  return new Never(
    `image ${image.name}:${tag} was announced by ${sender} and is not in the registry: push it again, or announce the tag that is there`,
  )
}
