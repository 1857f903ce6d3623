import { silentLog } from '../log'
import { Origins, type StreamOrigin } from './origins'

const origin = (created: string, lastSequence: number): StreamOrigin => ({ created, lastSequence })

/** A server with one stream, and who follows it. */
class World {
  readonly told: string[] = []
  stream: StreamOrigin | undefined = origin('monday', 7)
  /** What comes to pass while the server answers. */
  meanwhile = (): void => undefined
  readonly origins = new Origins({
    originOf: async () => {
      const { stream } = this
      this.meanwhile()
      if (!stream) throw new Error('there is no such stream')
      return stream
    },
    isClosed: () => true,
    log: { ...silentLog, error: (_: object, message: string) => void this.told.push(message) },
  })
  readonly anew: string[] = []

  async follow(): Promise<void> {
    this.origins.onAnew((stream) => this.anew.push(stream))
    this.origins.follow('ROWS')
    await this.origins.look()
  }

  async becomes(stream: StreamOrigin | undefined): Promise<void> {
    this.stream = stream
    await this.origins.look()
  }
}

describe('libs/jetstream/src/connection/origins', () => {
  it('is content with a stream that goes on, or stands still', async () => {
    const world = new World()
    await world.follow()
    await world.becomes(origin('monday', 9))
    world.origins.saw('ROWS', 9)
    await world.becomes(origin('monday', 9))
    expect(world.anew).toEqual([])
  })

  it.each([
    { given: 'was made anew', now: origin('tuesday', 9), said: 'a stream was lost and made anew' },
    {
      given: 'ends before what the server said',
      now: origin('monday', 6),
      said: 'a stream ends before what was seen of it',
    },
    {
      given: 'ends before what was seen of it',
      now: origin('monday', 8),
      said: 'a stream ends before what was seen of it',
    },
  ])('tells once of a stream that $given', async ({ now, said }) => {
    const world = new World()
    await world.follow()
    world.origins.saw('ROWS', 9)
    await world.becomes(undefined)
    expect(world.anew).toEqual([])
    await world.becomes(now)
    await world.becomes(now)
    expect(world.anew).toEqual(['ROWS'])
    expect(world.told).toEqual([expect.stringContaining(said)])
  })

  it('does not take an answer for old because more was seen meanwhile', async () => {
    const world = new World()
    await world.follow()
    world.meanwhile = () => world.origins.saw('ROWS', 8)
    await world.becomes(origin('monday', 7))
    expect(world.anew).toEqual([])
  })
})
