import type { JobFailure, JobHandler, Jobs, JobsOptions } from './jobs'
import { Later, Never } from '@k8or/outcome'

/** Makes jobs of the kind that is to show that it keeps the contract. */
export type MakeJobs = (options: JobsOptions) => Jobs

/** A handler that can be held up and that remembers. */
class Recorder {
  readonly begun: string[] = []
  readonly ended: string[] = []
  readonly failures: { key: string; failure: JobFailure }[] = []
  running = 0
  most = 0
  gate: Promise<void> = Promise.resolve()
  answers = new Map<string, Error[]>()

  readonly handle: JobHandler = async (key) => {
    this.begun.push(key)
    this.most = Math.max(this.most, ++this.running)
    await this.gate
    this.running--
    const failure = this.answers.get(key)?.shift()
    if (failure) throw failure
    this.ended.push(key)
  }

  /** Holds the handler up until the returned function is called. */
  hold(): () => void {
    let release = (): void => undefined
    this.gate = new Promise((resolve) => (release = resolve))
    return () => release()
  }

  count(key: string): number {
    return this.ended.filter((ended) => ended === key).length
  }
}

const eventually = async (holds: () => boolean, timeoutMs = 5_000): Promise<void> => {
  const deadline = Date.now() + timeoutMs
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not seen within ${timeoutMs} ms: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** What every kind of jobs keeps; called inside a `describe`. */
export function keepsTheContract(make: MakeJobs): void {
  let recorder: Recorder
  let jobs: Jobs
  let serial = 0

  beforeEach(() => {
    recorder = new Recorder()
    jobs = make({
      name: `contract-${process.pid}-${serial++}`,
      handler: (key, signal) => recorder.handle(key, signal),
      concurrency: 2,
      laneOf: (key) => (key.includes('/') ? key.slice(0, key.indexOf('/')) : ''),
      backoffMs: [10, 20],
      onFailure: (key, failure) => recorder.failures.push({ key, failure }),
    })
  })

  afterEach(() => jobs.stop(100))

  describe('marks', () => {
    marks(
      () => recorder,
      () => jobs,
    )
  })
  describe('failures', () => {
    failures(
      () => recorder,
      () => jobs,
    )
  })
  describe('waits', () => {
    waits(
      () => recorder,
      () => jobs,
    )
  })
}

function marks(recorder: () => Recorder, jobs: () => Jobs): void {
  it('handles a marked key', async () => {
    jobs().mark('a')
    await jobs().settle()
    expect(recorder().ended).toEqual(['a'])
  })

  it('handles a key once more that was marked while it was handled, however often', async () => {
    const release = recorder().hold()
    jobs().mark('a')
    for (let time = 0; time < 5; time++) jobs().mark('a')
    release()
    await jobs().settle()
    expect(recorder().ended).toEqual(['a', 'a'])
  })

  it('never handles one key twice at once, and no more keys at once than allowed', async () => {
    const release = recorder().hold()
    for (const key of ['a', 'b', 'c', 'a', 'b', 'd']) jobs().mark(key)
    expect(recorder().begun).toEqual(['a', 'b'])
    release()
    await jobs().settle()
    expect(recorder().most).toBe(2)
    expect([...recorder().ended].sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'd'])
  })

  it('lets no lane that is stuck hold another one up', async () => {
    const release = recorder().hold()
    for (const key of ['x/1', 'x/2', 'x/3', 'y/1', 'x/1']) jobs().mark(key)
    expect(recorder().begun).toEqual(['x/1', 'x/2', 'y/1'])
    release()
    await jobs().settle()
    expect([...recorder().ended].sort()).toEqual(['x/1', 'x/1', 'x/2', 'x/3', 'y/1'])
  })

  it('lets what runs finish when it stops, and handles nothing more', async () => {
    const release = recorder().hold()
    jobs().mark('a')
    jobs().mark('b')
    jobs().mark('c')
    const stopped = jobs().stop(5_000)
    release()
    await stopped
    expect(recorder().ended.sort()).toEqual(['a', 'b'])
  })
}

function failures(recorder: () => Recorder, jobs: () => Jobs): void {
  it('tries again with back-off until it succeeds, and tells each failure', async () => {
    recorder().answers.set('a', [new Error('one'), new Error('two'), new Error('three')])
    jobs().mark('a')
    await eventually(() => recorder().count('a') === 1)
    expect(recorder().failures.map(({ failure }) => failure)).toEqual([
      { kind: 'later', reason: 'one', attempt: 1, nextInMs: 10 },
      { kind: 'later', reason: 'two', attempt: 2, nextInMs: 20 },
      { kind: 'later', reason: 'three', attempt: 3, nextInMs: 20 },
    ])
  })

  it('waits as long as Later says', async () => {
    recorder().answers.set('a', [new Later('busy', 1)])
    jobs().mark('a')
    await eventually(() => recorder().count('a') === 1)
    expect(recorder().failures).toEqual([
      { key: 'a', failure: { kind: 'later', reason: 'busy', attempt: 1, nextInMs: 1 } },
    ])
  })

  it('gives up on Never, and begins anew when the key is marked again', async () => {
    recorder().answers.set('a', [new Never('no such thing')])
    jobs().mark('a')
    await jobs().settle()
    expect(recorder().failures).toEqual([{ key: 'a', failure: { kind: 'never', reason: 'no such thing', attempt: 1 } }])
    jobs().mark('a')
    await eventually(() => recorder().count('a') === 1)
  })
}

function waits(recorder: () => Recorder, jobs: () => Jobs): void {
  it('handles a key after its wait, and not before', async () => {
    await jobs().later('a', 150, 'look')
    await jobs().settle()
    expect(recorder().ended).toEqual([])
    await eventually(() => recorder().count('a') === 1)
  })

  it('lets a second wait for the same key and reason replace the first', async () => {
    await jobs().later('a', 800, 'look')
    await jobs().later('a', 60_000, 'look')
    await jobs().later('b', 60_000, 'look')
    // Due after the first wait would have been.
    await jobs().later('b', 1_000, 'look')
    await eventually(() => recorder().count('b') === 1)
    expect(recorder().ended).toEqual(['b'])
  })

  it('keeps waits of one key for different reasons apart', async () => {
    await jobs().later('a', 60_000, 'look')
    await jobs().later('a', 50, 'poll: once')
    await eventually(() => recorder().count('a') === 1)
  })

  it('takes a new wait from the handler that the old one called', async () => {
    recorder().answers.set('a', [])
    let again = true
    const handle = recorder().handle.bind(recorder())
    Object.assign(recorder(), {
      handle: async (key: string, signal: AbortSignal) => {
        if (again) await jobs().later(key, 20, 'look')
        again = false
        await handle(key, signal)
      },
    })
    await jobs().later('a', 20, 'look')
    await eventually(() => recorder().count('a') === 2)
  })
}
