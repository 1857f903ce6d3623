import { holdOf } from '../application/hold'
import { Killed, type MemoryWorld } from '../../../test/memory-world'
import { releaseOf } from '../../../test/release-of'
import { configMap, settings, signal, uid, worldOf } from '../../../test/shop'
import { annotations } from '../application/policy'
import { Reconciler } from '../sync/reconciler'
import { findRelease } from './find-release'
import { liftHold, suspend } from './change-hold'
import { requestRollback } from './request-rollback'
import type { FileRestore } from './restore-files'
import type { Git } from './revert-git'
import { rollBackWithGit } from './roll-back'

/** ChartStore keeps what it rendered: by its number, and as the newest one. */
const publish = (world: MemoryWorld, number: number, manifests = [configMap('a', String(number))]): void => {
  const release = releaseOf(world, number, manifests.length)
  world.release = release
  world.archive.set(number, { release, manifests })
}

const look = async (world: MemoryWorld, times = 2): Promise<void> => {
  const reconciler = new Reconciler(world.start(), settings())
  for (let time = 0; time < times; time++) {
    world.nowMs += 1000
    await reconciler.consider(uid, signal)
  }
}

const value = (world: MemoryWorld) => world.objects.get('/ConfigMap/front/a')?.['data']

const rollBack = async (world: MemoryWorld, release = 0, prune = false): Promise<boolean> => {
  const ports = world.start()
  const way = await findRelease(ports, world.application, { release, historyId: undefined }, signal)
  const at = new Date(world.nowMs).toISOString()
  const request = { release: way.release.release, actor: 'user:ada', reason: 'it is broken', prune, at }
  return requestRollback(ports.applications, world.application, request, signal)
}

const releasedWorld = async (releases: number, automated?: object | null): Promise<MemoryWorld> => {
  const world = worldOf(automated ? { automated } : automated)
  for (let release = 1; release <= releases; release++) {
    publish(world, release)
    await look(world)
  }
  return world
}
const syncFacts = (world: MemoryWorld) => [...world.facts.keys()].filter((id) => /^(rollback|finished)/.test(id))

describe('services/syncmaster/src/domain/rollback/rollback', () => {
  it('A8.9 goes back under automation and stays there, whatever is rendered and whoever looks again', async () => {
    const world = await releasedWorld(3)
    await rollBack(world)
    await look(world)
    expect(value(world)).toEqual({ v: '2' })
    publish(world, 4)
    await look(world, 3)
    expect(value(world)).toEqual({ v: '2' })
    expect(world.application.operation).toBeUndefined()
    expect(world.application.status).toMatchObject({
      sync: { status: 'OutOfSync', revision: 'commit-4' },
      operationState: { phase: 'Succeeded', syncResult: { revision: 'commit-2' } },
      conditions: [
        {
          type: 'HoldWarning',
          message: expect.stringMatching(
            /^the application is held at release 2 by user:ada since .*: it is broken; .*\(k8or app resume shop\)$/,
          ),
        },
      ],
    })
    expect(world.application.status.history?.map(({ release }) => release)).toEqual([1, 2, 3, 2])
    expect(world.stored.decisions.at(-1)).toMatch(/^rests: in sync with release 2; held .*; release 4 waits$/)
  })

  it('announces a rollback with both releases, and its sync under a name of its own', async () => {
    const world = await releasedWorld(2)
    await rollBack(world)
    await look(world)
    const sync = `${uid}-1-1.1`
    expect(syncFacts(world).slice(-3)).toEqual([
      `rollback-started/${sync}`,
      `finished/${sync}`,
      `rollback-finished/${sync}`,
    ])
    expect(world.facts.get(`rollback-started/${sync}`)).toMatchObject({ release: 1, from: 2, reason: 'it is broken' })
    expect(world.facts.get(`rollback-finished/${sync}`)).toMatchObject({ phase: 'Succeeded' })
  })

  it('makes its changes under a fence that beats what it undoes, and goes forward again under the same', async () => {
    const world = await releasedWorld(2)
    await rollBack(world)
    await look(world)
    await liftHold(world.start().applications, world.application, signal)
    await look(world)
    await rollBack(world, 1)
    await look(world)
    expect(world.fences.map(({ release, setbacks }) => [release, setbacks])).toEqual([
      ...[
        [1, 0],
        [2, 0],
      ],
      ...[
        [1, 1],
        [2, 1],
      ],
      [1, 2],
    ])
  })

  it('heals to the release where it is held', async () => {
    const world = await releasedWorld(2)
    await rollBack(world)
    await look(world)
    world.drift('/ConfigMap/front/a', { v: 'red' })
    await look(world)
    expect(value(world)).toEqual({ v: '1' })
  })

  it('killed at any call it ends the same: held, applied, and told once', async () => {
    for (let at = 0; ; at++) {
      const world = await releasedWorld(2)
      await rollBack(world)
      world.diesAfter = at
      const isKilled = await look(world).then(
        () => false,
        (error: unknown) => error instanceof Killed,
      )
      world.diesAfter = Infinity
      await look(world, 3)
      expect(value(world)).toEqual({ v: '1' })
      expect(world.application.operation).toBeUndefined()
      expect(world.application.status.operationState).toMatchObject({ phase: 'Succeeded' })
      const rollbacks = syncFacts(world).filter((id) => id.startsWith('rollback'))
      expect(rollbacks).toEqual([`rollback-started/${uid}-1-1.1`, `rollback-finished/${uid}-1-1.1`])
      expect(world.stored.sync).toMatchObject({ release: 1, setbacks: 1, phase: 'Succeeded' })
      // What was stored before the gate saw it is never taken back.
      await liftHold(world.start().applications, world.application, signal)
      await look(world, 2)
      expect(world.fences.at(-1)).toMatchObject({ release: 2, setbacks: 1 })
      if (!isKilled) return expect(at).toBeGreaterThan(8)
    }
  })

  it('ends a sync that was cut off first, and says why', async () => {
    const world = await releasedWorld(2)
    publish(world, 3, [configMap('a', '3'), configMap('b', '3'), configMap('c', '3')])
    world.diesAfter = 12
    await expect(look(world)).rejects.toThrow(Killed)
    world.diesAfter = Infinity
    expect(world.stored.sync).toMatchObject({ release: 3, phase: 'Running' })
    await rollBack(world, 0, true)
    await look(world)
    expect(world.facts.get(`finished/${uid}-3-1`)).toMatchObject({
      phase: 'Failed',
      message: 'ended by a rollback to release 2: it is broken',
    })
    expect([...world.objects.keys()]).toEqual(['/ConfigMap/front/a'])
    expect(value(world)).toEqual({ v: '2' })
  })

  it('takes the place of an operation, which must not take it away when it ends', async () => {
    const world = await releasedWorld(2, null)
    world.edit({ operation: { sync: { prune: true, revision: 'commit-2' }, retry: { limit: 3 } } })
    const ports = world.start()
    const reconciler = new Reconciler(
      {
        ...ports,
        releases: {
          ...ports.releases,
          // The rollback comes while the sync runs.
          manifests: async (release) => {
            if (holdOf(world.application) === undefined) expect(await rollBack(world, 1)).toBe(true)
            return ports.releases.manifests(release, signal)
          },
        },
      },
      settings(),
    )
    await reconciler.consider(uid, signal)
    expect(world.application.operation).toMatchObject({ sync: { prune: false }, initiatedBy: { username: 'ada' } })
    expect(world.application.operation?.sync).not.toHaveProperty('revision')
    expect(world.application.operation).not.toHaveProperty('retry')
    await look(world)
    expect(value(world)).toEqual({ v: '1' })
  })

  it('is not ended by the request to end the operation whose place it took', async () => {
    const world = await releasedWorld(2)
    world.edit({
      metadata: { annotations: { [annotations.terminate]: '{"actor":"user:bob"}' } },
      operation: { sync: {} },
      status: { operationState: { phase: 'Terminating', startedAt: '2026-01-01T00:00:00Z' } },
    })
    await rollBack(world, 1)
    await look(world)
    expect(value(world)).toEqual({ v: '1' })
    expect(world.application.status.operationState).toMatchObject({ phase: 'Succeeded' })
  })

  it('refuses to go forward while it is held, and says who holds it', async () => {
    const world = await releasedWorld(2)
    await rollBack(world)
    await look(world)
    world.edit({ operation: { sync: {}, initiatedBy: { username: 'bob' } } })
    await look(world)
    expect(world.application.status.operationState).toMatchObject({
      phase: 'Error',
      message: expect.stringContaining('the application is held at release 1 by user:ada'),
    })
    expect(value(world)).toEqual({ v: '1' })
  })

  it('applies the newest release once it is resumed', async () => {
    const world = await releasedWorld(2)
    await rollBack(world)
    await look(world)
    publish(world, 3)
    await look(world)
    const lifted = await liftHold(world.start().applications, world.application, signal)
    expect(lifted).toMatchObject([{ kind: 'hold', release: 1, actor: 'user:ada' }])
    await look(world)
    expect(value(world)).toEqual({ v: '3' })
    expect(world.application.status).toMatchObject({ sync: { status: 'Synced' } })
    expect(world.application.status.conditions).toBeUndefined()
  })

  const gitOf = (files: Record<string, string>) => {
    const commits: { edits: readonly FileRestore[]; message: string }[] = []
    const git: Git = {
      files: (_, commit) =>
        Promise.resolve([{ path: 'a.yaml', id: commit, content: Buffer.from(files[commit] ?? ''), isLink: false }]),
      commit: (_, edits, { message }) => {
        commits.push({ edits, message })
        return Promise.resolve('the-revert')
      },
    }
    return { git, commits }
  }

  it('with a revert of git is held only until that is rendered', async () => {
    const world = await releasedWorld(2)
    const { git, commits } = gitOf({ 'commit-1': 'good', 'commit-2': 'bad' })
    const ports = { ...world.start(), git }
    const way = await findRelease(ports, world.application, { release: 0, historyId: undefined }, signal)
    const at = new Date(world.nowMs).toISOString()
    const request = { release: 1, actor: 'user:ada', reason: 'it is broken', prune: false, at, way }
    const taken = await rollBackWithGit(ports, world.application, request, signal)
    expect(taken).toEqual({ endsRunning: false, commits: ['the-revert'] })
    expect(commits).toEqual([
      {
        edits: [{ path: 'a.yaml', content: Buffer.from('good'), baseId: 'commit-2' }],
        message: 'Revert shop to release 1\n\nit is broken',
      },
    ])
    await look(world)
    expect(value(world)).toEqual({ v: '1' })
    publish(world, 3, [configMap('a', '1')])
    world.release = { ...world.release!, sources: [{ ...world.release!.sources[0]!, revision: 'the-revert' }] }
    await look(world, 3)
    expect(holdOf(world.application)).toBeUndefined()
    expect(world.application.status).toMatchObject({ sync: { status: 'Synced', revision: 'the-revert' } })
    publish(world, 4)
    await look(world)
    expect(value(world)).toEqual({ v: '4' })
  })

  it('stays held when git can not be reverted, and says what to do', async () => {
    const world = await releasedWorld(2)
    const { git } = gitOf({})
    const ports = { ...world.start(), git: { ...git, commit: () => Promise.reject(new Error('the host says no')) } }
    const way = await findRelease(ports, world.application, { release: 0, historyId: undefined }, signal)
    const request = { release: 1, actor: 'user:ada', reason: '', prune: false, at: '2026-01-01T00:00:00Z', way }
    await expect(rollBackWithGit(ports, world.application, request, signal)).rejects.toThrow(
      /^application shop is held at release 1, but git could not be reverted: the host says no; revert it by hand/,
    )
    await look(world)
    expect(value(world)).toEqual({ v: '1' })
  })

  it('says which releases are kept when the wanted one is not', async () => {
    const world = await releasedWorld(3)
    world.archive.delete(1)
    await expect(rollBack(world, 1)).rejects.toThrow('application shop has no release 1: kept are 3, 2')
    await rollBack(world, 2)
    await look(world)
    world.archive.delete(2)
    await look(world)
    expect(world.application.status.conditions).toMatchObject([
      {
        type: 'ComparisonError',
        message: expect.stringContaining('release 2, to be on the cluster, is not kept any more'),
      },
      { type: 'HoldWarning' },
    ])
    expect(value(world)).toEqual({ v: '2' })
  })

  it('with a hold that people wrote by hand it stays where it is', async () => {
    const world = await releasedWorld(2)
    world.edit({ metadata: { annotations: { [annotations.hold]: 'a freeze' } } })
    publish(world, 3)
    await look(world)
    expect(value(world)).toEqual({ v: '2' })
    const fresh = worldOf()
    fresh.edit({ metadata: { annotations: { [annotations.hold]: 'a freeze' } } })
    publish(fresh, 1)
    await look(fresh)
    expect(fresh.objects.size).toBe(0)
  })

  it('suspended, it neither syncs nor heals nor prunes, not even when asked, until it is resumed', async () => {
    const world = await releasedWorld(2)
    const wish = { actor: 'user:ada', reason: 'an audit', since: '2026-01-01T00:00:00Z' }
    await suspend(world.start().applications, world.application, wish, signal)
    publish(world, 3, [])
    world.drift('/ConfigMap/front/a', { v: 'red' })
    world.edit({ operation: { sync: { prune: true } } })
    await look(world)
    expect(value(world)).toEqual({ v: 'red' })
    expect(world.application.status).toMatchObject({
      sync: { status: 'OutOfSync' },
      operationState: { phase: 'Error', message: expect.stringContaining('suspended by user:ada') },
      conditions: [{ type: 'SuspendedWarning', message: expect.stringContaining(': an audit; ') }],
    })
    await expect(rollBack(world, 1)).rejects.toThrow('application shop is suspended by user:ada')
    publish(world, 4)
    await liftHold(world.start().applications, world.application, signal)
    await look(world)
    expect(value(world)).toEqual({ v: '4' })
  })
})
