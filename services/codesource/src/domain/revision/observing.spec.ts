import type { OwnCommits } from '../commit/own-commits'
import { repositoryToken, revisionKey, type FactDraft, type RevisionRecord } from '@k8or/contracts'
import type { RevisionRow } from '../ports'
import { Followed } from '../repository/followed'
import { RepositoryError } from '../repository/remote'
import { Hints } from './hints'
import { Observing } from './observing'

const url = 'https://git.example/team/app.git'
const token = repositoryToken(url)
const signal = new AbortController().signal
const unreachable = () =>
  new RepositoryError({ reason: 'RepositoryUnreachable', message: `no answer ${Math.random()}` }, true)
const notFound = () => new RepositoryError({ reason: 'RepositoryNotFound', message: 'not found' }, false)

/** A remote whose refs are a map, and mirrors, record and bus that keep what they are given. */
class World {
  remote = new Map([['refs/heads/main', 'a'.repeat(40)]])
  local = new Map<string, string>()
  failure: (() => Error) | undefined
  fetches = 0
  killAfter: 'write' | undefined
  now = new Date('2026-01-01T00:00:00Z')
  readonly rows = new Map<string, RevisionRow>()
  readonly facts: FactDraft<unknown>[] = []
  readonly hints = new Hints()
  readonly followed = new Followed()
  private readonly ours = new Set<string>()
  private readonly own: Pick<OwnCommits, 'settle' | 'originOf'> = {
    settle: async () => undefined,
    originOf: (_token, commit) =>
      this.ours.has(commit) ? { via: 'commit', causes: [`pushed/${commit}`], correlationId: 'built' } : undefined,
  }
  readonly observing = this.start()

  constructor(...targets: string[]) {
    targets.forEach((target, index) => this.declare(`u${index}`, target))
  }

  declare(uid: string, target: string | null, revision = 1) {
    const ref = { uid, namespace: 'argocd', name: uid, project: 'default' }
    const destination = { server: '', name: '', namespace: '' }
    const sources = [{ repoURL: url, path: '', targetRevision: target ?? '' }]
    const application = { ref, token: uid, bucket: 0, destination, sources, specDigest: '', refresh: '' }
    this.followed.put(uid, target === null ? null : application, revision)
  }

  /** We push to main ourselves: it is here already. */
  push(commit: string) {
    this.ours.add(commit)
    for (const refs of [this.remote, this.local]) refs.set('refs/heads/main', commit)
    this.hints.add(token, { kind: 'commit', ref: 'refs/heads/main', after: commit })
  }

  start(): Observing {
    return new Observing({
      followed: this.followed,
      hints: this.hints,
      own: this.own,
      clock: () => this.now,
      errorAfterMs: 180_000,
      mirrors: {
        fetch: async () => {
          this.fetches += 1
          if (this.failure) throw this.failure()
          this.local = new Map(this.remote)
        },
        fetchCommit: async (_repository, commit) => void this.local.set(commit, commit),
        head: () => 'refs/heads/main',
        resolve: async (_token, candidates) => {
          const found = candidates.find(({ expression }) => this.local.has(expression))
          const commit = this.local.get(found?.expression ?? '')
          return found && commit ? { commit, ref: found.ref ?? commit } : 'missing'
        },
        commit: async () => ({ author: 'Ann', subject: 's', committedAt: '2026-01-01T00:00:00+00:00' }),
      },
      revisions: {
        get: async (key) => this.rows.get(key),
        list: async () => [...this.rows].map(([key, row]) => ({ key, ...row })),
        delete: async (key) => void this.rows.delete(key),
        write: async (key, value, number) => {
          if ((this.rows.get(key)?.number ?? 0) !== number) throw new Error('conflict')
          this.rows.set(key, { value, number: number + 1 })
          if (this.killAfter === 'write') throw new Error('killed')
          return number + 1
        },
      },
      announcer: {
        publish: async (_event, draft) => {
          const wasThere = this.facts.some(({ id }) => id === draft.id)
          if (!wasThere) this.facts.push(draft)
          return { duplicate: wasThere }
        },
      },
    })
  }

  look = () => this.observing.look(token, signal)
  record = (target: string): RevisionRecord | undefined => this.rows.get(revisionKey(token, target))?.value
  ids = () => this.facts.map(({ id }) => id.split('/').slice(0, 1).concat(id.split('/').slice(3)).join('/'))
}

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]

describe('services/codesource/src/domain/revision/observing', () => {
  it('tells one revision for one push, however often it is told of it (C100.1)', async () => {
    const world = new World('main')
    await world.look()
    await world.look()
    expect(world.ids()).toEqual([`revision.observed/1/${a}`])
    expect(world.record('main')).toMatchObject({ commit: a, ordinal: 1, announced: true, ref: 'refs/heads/main' })
  })

  it('counts A, B, A as three observations, each with what was before', async () => {
    const world = new World('main')
    for (const commit of [a, b, a]) {
      world.remote.set('refs/heads/main', commit)
      await world.look()
    }
    expect(world.ids()).toEqual([1, 2, 3].map((ordinal) => `revision.observed/${ordinal}/${ordinal === 2 ? b : a}`))
    expect(world.record('main')).toMatchObject({ previous: b, commit: a })
  })

  it('fetches once for all that is followed, and names the push that each comes from', async () => {
    const world = new World('main', 'v1', '')
    world.remote.set('refs/tags/v1', b)
    world.hints.add(token, { kind: 'webhook', fact: { id: 'd1', correlationId: 'd1' }, ref: 'refs/tags/v1', after: b })
    await world.look()
    expect(world.fetches).toBe(1)
    expect(world.record('v1')).toMatchObject({ via: 'webhook', causes: ['d1'], correlationId: 'd1' })
    expect(world.record('HEAD')).toMatchObject({ via: 'poll', causes: [], ref: 'refs/heads/main' })
    expect(world.facts.map(({ actor }) => actor)).toEqual(Array(3).fill('git:Ann'))
  })

  it('observes a push of our own without asking the host, and takes the webhook that returns for nothing new', async () => {
    const world = new World('main')
    await world.look()
    world.push(b)
    await world.look()
    expect(world.fetches).toBe(1)
    expect(world.record('main')).toMatchObject({ via: 'commit', causes: [`pushed/${b}`], correlationId: 'built' })
    world.hints.add(token, {
      kind: 'webhook',
      fact: { id: 'd1', correlationId: 'd1' },
      ref: 'refs/heads/main',
      after: b,
    })
    await world.look()
    expect(world.facts).toHaveLength(2)
  })

  it('recognises a commit of our own by whatever way it is seen', async () => {
    const world = new World('main')
    world.push(b)
    world.hints.take(token)
    world.hints.add(token, {
      kind: 'webhook',
      fact: { id: 'd1', correlationId: 'd1' },
      ref: 'refs/heads/main',
      after: b,
    })
    await world.look()
    expect(world.record('main')).toMatchObject({ via: 'commit', causes: [`pushed/${b}`] })
  })

  it('keeps the push in mind when the fetch fails', async () => {
    const world = new World('main')
    world.hints.add(token, {
      kind: 'webhook',
      fact: { id: 'd1', correlationId: 'd1' },
      ref: 'refs/heads/main',
      after: a,
    })
    world.failure = unreachable
    await expect(world.look()).rejects.toThrow('no answer')
    world.failure = undefined
    await world.look()
    expect(world.record('main')).toMatchObject({ via: 'webhook', causes: ['d1'] })
  })

  it('tells a repository that is not found at once, and once (A3)', async () => {
    const world = new World('main')
    world.failure = notFound
    await world.look()
    await world.look()
    expect(world.ids()).toEqual([expect.stringMatching(/^revision\.unresolved\/0\//)])
    expect(world.record('main')).toMatchObject({ commit: '', ordinal: 0, problem: { reason: 'RepositoryNotFound' } })
  })

  it('tells a silent host only after 180 seconds, and keeps the last good commit (A3)', async () => {
    const world = new World('main')
    await world.look()
    world.failure = unreachable
    await expect(world.look()).rejects.toThrow('no answer')
    world.now = new Date(world.now.getTime() + 179_000)
    await expect(world.look()).rejects.toThrow('no answer')
    expect(world.record('main')?.problem).toBeNull()
    world.now = new Date(world.now.getTime() + 1_000)
    await expect(world.look()).rejects.toThrow('no answer')
    await expect(world.look()).rejects.toThrow('no answer')
    expect(world.facts).toHaveLength(2)
    expect(world.record('main')).toMatchObject({ commit: a, problem: { reason: 'RepositoryUnreachable' } })
  })

  it('goes on counting the silence of a host after a restart, and begins anew once it spoke (A3)', async () => {
    const world = new World('main')
    await world.look()
    world.failure = unreachable
    await expect(world.look()).rejects.toThrow('no answer')
    world.now = new Date(world.now.getTime() + 179_000)
    const restarted = world.start()
    await expect(restarted.look(token, signal)).rejects.toThrow('no answer')
    expect(world.record('main')?.problem).toBeNull()
    world.now = new Date(world.now.getTime() + 1_000)
    await expect(world.start().look(token, signal)).rejects.toThrow('no answer')
    expect(world.record('main')).toMatchObject({ problem: { reason: 'RepositoryUnreachable' } })
    world.failure = undefined
    await restarted.look(token, signal)
    world.failure = unreachable
    await expect(restarted.look(token, signal)).rejects.toThrow('no answer')
    world.failure = undefined
    await restarted.look(token, signal)
    expect(world.record('main')).not.toHaveProperty('silentSince')
  })

  it('tells at once of a host that was never reached (A3)', async () => {
    const world = new World('main')
    world.failure = unreachable
    await expect(world.look()).rejects.toThrow('no answer')
    expect(world.record('main')).toMatchObject({ commit: '', problem: { reason: 'RepositoryUnreachable' } })
  })

  it('takes a problem back by observing the commit again', async () => {
    const world = new World('main')
    await world.look()
    world.failure = notFound
    await world.look()
    world.failure = undefined
    await world.look()
    expect(world.record('main')).toMatchObject({ commit: a, previous: a, ordinal: 2, problem: null })
    expect(world.ids().at(-1)).toBe(`revision.observed/2/${a}`)
  })

  it('tells which revision is unknown, and settles the others (A3)', async () => {
    const world = new World('main', 'nope', '1.2.*')
    await world.look()
    expect(world.record('main')).toMatchObject({ commit: a })
    expect(world.record('nope')?.problem?.message).toContain('"nope" is not in')
    expect(world.record('1.2.*')?.problem?.reason).toBe('RevisionUnsupported')
  })

  it('fetches a commit by its id where no branch has it, and never again', async () => {
    const world = new World(b)
    await world.look()
    await world.look()
    expect(world.record(b)).toMatchObject({ commit: b, ref: b })
    expect(world.fetches).toBe(1)
  })

  it('announces after a crash what was written before it, under the same id', async () => {
    const world = new World('main')
    world.killAfter = 'write'
    await expect(world.look()).rejects.toThrow('killed')
    expect(world.facts).toHaveLength(0)
    world.killAfter = undefined
    const restarted = world.start()
    await restarted.announceAgain()
    await restarted.announceAgain()
    expect(world.ids()).toEqual([`revision.observed/1/${a}`])
    expect(world.record('main')?.announced).toBe(true)
  })

  it('observes anew what was not followed for a while', async () => {
    const world = new World('main')
    await world.look()
    world.declare('u0', null, 2)
    await world.observing.settleUnfollowed()
    expect(world.record('main')?.followed).toBe(false)
    world.declare('u0', 'main', 3)
    await world.look()
    expect(world.record('main')).toMatchObject({ followed: true, ordinal: 2 })
    world.declare('u0', null, 4)
    await world.observing.settleUnfollowed()
    world.now = new Date(world.now.getTime() + 31 * 86_400_000)
    await world.observing.settleUnfollowed()
    expect(world.record('main')).toBeUndefined()
  })
})
