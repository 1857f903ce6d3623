import type { CommitRecord } from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import type { Branch, Clock, NamedRepository, Writer } from '../ports'
import { RepositoryError } from '../repository/remote'
import { fitRequests, type Fit } from './fit'
import { Lane, type Take, type Waiting } from './lane'
import { commitMessage } from './message'
import type { OwnCommits } from './own-commits'
import { checkRequest, CommitError, type BranchWish, type CommitRequest } from './request'

const mostAttempts = 8

/** What carried a request out. */
export interface Committed {
  readonly commit: string
  readonly ref: string
}

export interface CommittingParts {
  readonly writer: Writer
  readonly own: OwnCommits
  readonly clock: Clock
  /** Waits a little, each time longer, and never twice the same. */
  readonly backOff: (lostRaces: number, signal: AbortSignal) => Promise<void>
  /** Runs the making and pushing of one commit as a step of the traces that led to it. */
  readonly traced: <Result>(requests: readonly CommitRequest[], run: () => Promise<Result>) => Promise<Result>
  /** A branch of a repository has a new head, which is here already. */
  readonly onPushed: (record: CommitRecord, factId: string | undefined) => void
  /** Ends what runs when the service stops. */
  readonly signal: AbortSignal
}

type Outcome = 'pushed' | 'raced' | 'unknown'
type Asked = Waiting<CommitRequest, Committed>
type Place = { readonly repository: NamedRepository; readonly wish: BranchWish }

/** Commits for others: all requests that wait for one branch become one commit and one push. */
export class Committing {
  private readonly lanes = new Map<string, Lane<CommitRequest, Committed>>()
  private readonly places = new Map<string, Place>()

  constructor(private readonly parts: CommittingParts) {}

  /** @throws CommitError, RepositoryError, or Later when others push without end */
  async commit(place: Place, request: CommitRequest, signal: AbortSignal): Promise<Committed> {
    checkRequest(request)
    const key = [place.repository.token, place.wish.branch, place.wish.base].join('\n')
    // The newest declaration counts: it may have other credentials.
    this.places.set(key, place)
    const lane = this.lanes.get(key) ?? new Lane((take) => this.round(this.places.get(key) ?? place, take))
    this.lanes.set(key, lane)
    return lane.ask(request, signal)
  }

  /** One commit for all who wait; made anew on another head as often as somebody else was first. */
  private async round(place: Place, take: Take<CommitRequest, Committed>): Promise<void> {
    const { writer, backOff, signal } = this.parts
    let asked: readonly Asked[] = []
    let lostRaces = 0
    let fresh = false
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const branch = await writer.branch(place.repository, place.wish, { fresh, signal })
      const carriedOut = await writer.carriedOut(place.repository, branch, signal)
      asked = await this.answerCarriedOut(place, branch, carriedOut, [...asked, ...take()])
      const draft = await writer.draft(place.repository, branch.head, pathsOf(asked))
      const fit = fitAsked(asked, draft.states)
      // The mirror may not have yet what the file was read from.
      const isDoubtful = !fresh && fit.failed.some(({ error }) => error.failure === 'changed')
      fresh = true
      if (isDoubtful) continue
      asked = settleFit(fit, branch)
      if (asked.length === 0) return
      const outcome = await this.makeAndPush(place, branch, draft, fit, lostRaces)
      if (outcome === 'pushed') return
      if (outcome === 'raced') lostRaces += 1
      if (lostRaces > 1) await backOff(lostRaces, signal)
    }
    throw new Later(
      `the branch of ${place.repository.url} was pushed to by others ${lostRaces} times before us: try again`,
    )
  }

  /** A repetition, or a push of which no answer came, is found in the branch. */
  private async answerCarriedOut(
    { repository }: Place,
    { ref }: Branch,
    carriedOut: ReadonlyMap<string, string>,
    asked: readonly Asked[],
  ): Promise<readonly Asked[]> {
    const open = asked.filter(({ wish }) => !carriedOut.has(wish.operation))
    if (open.length === asked.length) return open
    await this.parts.own.settle(repository.token, this.parts.signal)
    for (const { wish, answer } of asked) {
      const commit = carriedOut.get(wish.operation)
      if (commit !== undefined) answer({ commit, ref })
    }
    return open
  }

  private makeAndPush(
    { repository }: Place,
    branch: Branch,
    draft: Awaited<ReturnType<Writer['draft']>>,
    { accepted, contents }: Fit<AskedRequest>,
    lostRaces: number,
  ): Promise<Outcome> {
    const { own, clock, traced } = this.parts
    return traced(accepted, async () => {
      const at = clock()
      const message = commitMessage(accepted)
      const commit = await draft.write(contents, message, at)
      const record = recordOf({ repository, branch, commit, at, lostRaces }, accepted)
      await own.remember(record)
      const outcome = await this.push(repository, branch, record, accepted)
      if (outcome !== 'pushed') return outcome
      await this.tell(record, { message, files: [...contents.keys()] })
      for (const { asked } of accepted) asked.answer({ commit, ref: branch.ref })
      return 'pushed'
    })
  }

  private async push(
    repository: NamedRepository,
    branch: Branch,
    record: CommitRecord,
    accepted: readonly AskedRequest[],
  ): Promise<Outcome> {
    const { writer, own, signal } = this.parts
    const operations = accepted.map(({ operation }) => operation)
    try {
      const outcome = await writer.push(repository, branch, record.commit, operations, signal)
      if (outcome === 'raced') await own.forget(record)
      return outcome
    } catch (error) {
      if (error instanceof CommitError) await own.forget(record)
      // Whether it arrived is not known: the branch tells.
      if (error instanceof RepositoryError && error.isTransient) return 'unknown'
      throw error
    }
  }

  /** The push stands whatever happens now: what can not be announced is announced by the next look. */
  private async tell(record: CommitRecord, summary: { message: string; files: readonly string[] }): Promise<void> {
    const said = await this.parts.own.announce(record, summary).catch(() => undefined)
    this.parts.onPushed(record, said?.factId)
  }
}

type AskedRequest = CommitRequest & { readonly asked: Asked }

function fitAsked(asked: readonly Asked[], states: Parameters<typeof fitRequests>[1]): Fit<AskedRequest> {
  return fitRequests(
    asked.map((one) => ({ ...one.wish, asked: one })),
    states,
  )
}

/** Answers whom it needs no commit for; the others are left. */
function settleFit({ accepted, needless, failed }: Fit<AskedRequest>, { head, ref }: Branch): readonly Asked[] {
  for (const { request, error } of failed) request.asked.fail(error)
  for (const { asked } of needless) asked.answer({ commit: head, ref })
  return accepted.map(({ asked }) => asked)
}

function pathsOf(asked: readonly Asked[]): string[] {
  return [...new Set(asked.flatMap(({ wish }) => wish.edits.map(({ path }) => path)))]
}

function recordOf(
  made: { repository: NamedRepository; branch: Branch; commit: string; at: Date; lostRaces: number },
  requests: readonly CommitRequest[],
): CommitRecord {
  const { repository, branch, commit, at, lostRaces } = made
  const [first] = requests
  const actors = new Set(requests.map(({ actor }) => actor))
  const { correlationId = '', causes = [], operation = '' } = first ?? {}
  return {
    repository: { url: repository.url, token: repository.token },
    ref: branch.ref,
    commit,
    previous: branch.isNew ? '' : branch.head,
    lostRaces,
    actor: actors.size === 1 ? (first?.actor ?? '') : 'service:codesource',
    correlationId: correlationId || (causes[0] ?? operation),
    at: at.toISOString(),
    announced: false,
  }
}
