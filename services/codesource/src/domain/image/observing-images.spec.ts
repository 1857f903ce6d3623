import {
  imageKey,
  imageToken,
  type DeliveryReceived,
  type FactDraft,
  type ImageRecord,
  type PushRecord,
} from '@k8or/contracts'
import { Never } from '@k8or/outcome'
import type { OwnRow, OwnRows } from '../ports'
import { ObservingImages } from './observing-images'
import { RegistryError } from './registry-error'

const signal = new AbortController().signal
const name = 'registry.example/shop/web'
const key = imageKey(imageToken(name), 'v2')
const [a, b] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string]
const source = { repository: 'https://git.example/shop.git', commit: 'c'.repeat(40) }
type Image = NonNullable<DeliveryReceived['images']>[number]

class Rows<Value> implements OwnRows<Value> {
  readonly rows = new Map<string, OwnRow<Value>>()
  get = async (at: string) => this.rows.get(at)
  list = async () => [...this.rows].map(([at, row]) => ({ key: at, ...row }))
  delete = async (at: string) => void this.rows.delete(at)
  write = async (at: string, value: Value, number: number) => {
    if (number !== (this.rows.get(at)?.number ?? 0)) throw new Error('somebody else wrote it')
    this.rows.set(at, { value, number: number + 1 })
    return number + 1
  }
}

/** A registry that is a map, and records and a bus that keep what they are given. */
class World {
  readonly tags = new Map<string, string>()
  failure: Error | undefined
  asked = 0
  isBusAway = false
  readonly facts: FactDraft<unknown>[] = []
  readonly pushes = new Rows<PushRecord>()
  readonly images = new Rows<ImageRecord>()
  private deliveries = 0
  readonly observing = this.start()

  start() {
    return new ObservingImages({
      ...{ pushes: this.pushes, images: this.images, clock: () => new Date('2026-01-01T00:00:00Z') },
      announcer: {
        publish: async (_event, draft) => {
          if (this.isBusAway) throw new Error('away')
          this.facts.push(draft)
          return { duplicate: false }
        },
      },
      registry: {
        digestOf: async (_image, tag) => {
          this.asked += 1
          if (this.failure) throw this.failure
          return this.tags.get(tag)
        },
      },
    })
  }

  note(digest: string, more: Partial<Image> = {}, provider: 'registry' | 'ci' = 'registry') {
    const id = `d${++this.deliveries}`
    const data = { delivery: id, provider, event: 'image', repositories: [] as string[], redelivery: false } as const
    const images = [{ name, tag: 'v2', digest, ...more }]
    const envelope = { id, type: '', token: '', time: '', correlationId: id, causes: [], actor: '' }
    return this.observing.note({ ...envelope, data: { ...data, images } }, undefined)
  }

  async push(...args: Parameters<World['note']>) {
    await this.note(...args)
    await this.observing.look(key, signal)
  }

  said = () => this.facts.map(({ id }) => id.split('/').toSpliced(1, 2).join('/'))
  record = () => this.images.rows.get(key)?.value
}

describe('services/codesource/src/domain/image/observing-images', () => {
  it('keeps tag, digest and commit as one record, and announces it once (C96.1)', async () => {
    const world = new World()
    await world.push(a, source, 'ci')
    await world.push(a)
    expect(world.record()).toMatchObject({
      ...{ tag: 'v2', digest: a, firstDigest: a, ordinal: 1, announced: true, via: 'ci' },
      source: { repository: { url: source.repository }, commit: source.commit },
    })
    expect(world.facts).toMatchObject([
      { causes: ['d1'], correlationId: 'd1', actor: 'webhook:ci', data: { digest: a } },
    ])
    expect(world.asked).toBe(0)
  })

  it('joins what registry and pipeline say of one push, in either order (C96.1)', async () => {
    const joined = new World()
    await joined.note('', source, 'ci')
    await joined.push(a)
    expect(joined.record()).toMatchObject({ digest: a, source: { commit: source.commit }, causes: ['d1', 'd2'] })
    expect(joined.facts).toHaveLength(1)
    const late = new World()
    await late.push(a)
    await late.push(a, source, 'ci')
    expect(late.record()).toMatchObject({ ordinal: 2, digest: a, source: { commit: source.commit }, moved: false })
    expect(late.said()).toEqual([`image.built/1/${'a'.repeat(16)}`, `image.built/2/${'a'.repeat(16)}`])
  })

  it('reports a tag that moves to another digest, and keeps the first (C96.2)', async () => {
    const world = new World()
    await world.push(a)
    world.tags.set('v2', b)
    await world.push(b)
    expect(world.record()).toMatchObject({ digest: b, firstDigest: a, ordinal: 2, moved: true })
    expect(world.said().slice(1)).toEqual([`tag.moved/2/${'b'.repeat(16)}`, `image.built/2/${'b'.repeat(16)}`])
    expect(world.facts[1]).toMatchObject({ data: { digest: a, pushed: b } })
    world.tags.set('v2', a)
    await world.push(a)
    expect(world.record()).toMatchObject({ digest: a, firstDigest: a, ordinal: 3, moved: false })
    expect(world.facts).toHaveLength(4)
  })

  it('takes no old word for a move: the registry says what the tag is', async () => {
    const world = new World()
    await world.push(a)
    world.tags.set('v2', b)
    await world.push(b)
    await world.push(a)
    expect(world.record()).toMatchObject({ digest: b, ordinal: 2 })
    world.failure = new RegistryError('no answer', 'unreachable')
    await world.push(a)
    expect(world.record()).toMatchObject({ digest: a, ordinal: 3 })
  })

  it('asks the registry where the sender does not know the digest, and again while it does not answer', async () => {
    const world = new World()
    world.tags.set('v2', a)
    world.failure = new RegistryError('no answer', 'busy', 3_000)
    await expect(world.push('', {}, 'ci')).rejects.toMatchObject({ name: 'Later', delayMs: 3_000 })
    world.failure = undefined
    expect(await world.observing.open()).toEqual([key])
    await world.observing.look(key, signal)
    expect(world.record()).toMatchObject({ digest: a })
    expect(await world.observing.open()).toEqual([])
  })

  it('says that a tag vanished, once, and goes on', async () => {
    const world = new World()
    const pushed = world.push('', {}, 'ci')
    await expect(pushed).rejects.toThrow(Never)
    await expect(pushed).rejects.toThrow(`${name}:v2 was announced by a pipeline and is not in the registry`)
    expect(await world.observing.open()).toEqual([])
    expect(world.facts).toEqual([])
  })

  it('announces after a crash what was written before it, under the same id', async () => {
    const world = new World()
    world.isBusAway = true
    await expect(world.push(a)).rejects.toThrow('away')
    world.isBusAway = false
    const next = world.start()
    await next.announceAgain()
    for (const open of await next.open()) await next.look(open, signal)
    expect(world.facts.map(({ id }) => id)).toEqual([world.record()?.factId])
    expect(world.record()).toMatchObject({ announced: true, ordinal: 1 })
  })
})
