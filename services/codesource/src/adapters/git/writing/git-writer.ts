import { passPoint } from '@k8or/fault-points'
import { Later } from '@k8or/outcome'
import { CommitError, type BranchWish } from '../../../domain/commit/request'
import { operationTrailer } from '../../../domain/commit/message'
import type { Branch, CommitSummary, Draft, NamedRepository, Writer } from '../../../domain/ports'
import { isSafeRef } from '../../../domain/revision/target'
import { BrokenMirrorError } from '../../../domain/tree/tree'
import { gitEnvironment, type GitPlace } from '../git-environment'
import type { GitMirrors } from '../git-mirrors'
import type { Mirror } from '../mirror'
import { runGit } from '../run-git'
import { newObject, storeObjects, type NewObject } from './new-object'
import { pushByGit, pushQuickly, type Push } from './push'
import { TreeEditor } from './tree-editor'

const localDeadlineMs = 10_000
/** A repetition comes soon after what it repeats. */
const recentCommits = 500

export interface GitWriterParts {
  readonly mirrors: GitMirrors
  readonly place: GitPlace
  /** `name <email>` of the commits. */
  readonly author: string
}

interface History {
  readonly head: string
  readonly operations: Map<string, string>
}

/** Commits to repositories by their mirrors: objects are made beside what was fetched, then pushed. */
export class GitWriter implements Writer {
  private readonly histories = new Map<string, History>()
  /** The objects of commits that are not pushed yet. */
  private readonly made = new Map<string, readonly NewObject[]>()

  constructor(private readonly parts: GitWriterParts) {}

  async branch(
    repository: NamedRepository,
    { branch, base }: BranchWish,
    { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<Branch> {
    if (fresh) await this.fetch(repository, branch === '', signal)
    const known = await this.find(repository, branch, base)
    if (known && (fresh || !known.isNew)) return known
    if (!fresh) await this.fetch(repository, branch === '', signal)
    const found = await this.find(repository, branch, base)
    if (found) return found
    const missing = base === '' ? branch || 'HEAD' : base
    throw new CommitError('missing', `branch ${missing} is not in ${repository.url}`)
  }

  async carriedOut(repository: NamedRepository, { ref, head }: Branch, signal: AbortSignal) {
    const key = `${repository.token} ${ref}`
    const known = this.histories.get(key)
    if (known?.head === head) return known.operations
    const operations = await this.readHistory(this.parts.mirrors.open(repository.token), head, signal)
    this.histories.set(key, { head, operations })
    return operations
  }

  async draft(repository: NamedRepository, head: string, paths: readonly string[]): Promise<Draft> {
    const mirror = this.parts.mirrors.open(repository.token)
    const editor = new TreeEditor(mirror.objects, head)
    const stating = paths.map(async (path) => [path, await editor.stateOf(path)] as const)
    const states = new Map(await repairing(mirror, () => Promise.all(stating)))
    const write: Draft['write'] = async (contents, message, at) => {
      const objects = await repairing(mirror, () => editor.apply(contents))
      const signature = `${this.parts.author} ${Math.floor(at.getTime() / 1000)} +0000`
      const lines = [
        `tree ${objects.at(-1)?.id ?? ''}`,
        `parent ${head}`,
        `author ${signature}`,
        `committer ${signature}`,
      ]
      const commit = newObject('commit', Buffer.from(`${lines.join('\n')}\n\n${message}`))
      await storeObjects(mirror.dir, [...objects, commit])
      passPoint('codesource', 'git', 'objects')
      this.made.set(commit.id, [...objects, commit])
      return commit.id
    }
    return { states, write }
  }

  push(
    repository: NamedRepository,
    branch: Branch,
    commit: string,
    operations: readonly string[],
    signal: AbortSignal,
  ): Promise<'pushed' | 'raced'> {
    const objects = this.made.get(commit) ?? []
    this.made.delete(commit)
    return this.parts.mirrors.write(repository, signal, async (mirror, { remote, transport, http }) => {
      const env = gitEnvironment(this.parts.place, mirror.dir, transport.settings, transport.env)
      const { ref, head: expected, isNew } = branch
      const push: Push = { url: remote.url, env, ref, commit, expected, isNew }
      passPoint('codesource', 'git', 'push', 'before')
      const quickly = http && (await pushQuickly(http, push, objects, signal))
      const outcome = quickly ?? (await pushByGit(push, signal))
      passPoint('codesource', 'git', 'push')
      if (outcome === 'pushed') await this.advance(repository, mirror, branch, commit, operations)
      return outcome
    })
  }

  async describe(token: string, ref: string, commit: string, signal: AbortSignal): Promise<CommitSummary | undefined> {
    const { env, objects } = this.parts.mirrors.open(token)
    const git = (...args: string[]) => runGit({ args, env, deadlineMs: localDeadlineMs, signal, keepAll: true })
    const isThere = git('merge-base', '--is-ancestor', commit, ref)
    if (!(await isThere.then(() => true).catch(() => false))) return undefined
    const [answer] = await objects.read([commit])
    const text = answer?.kind === 'found' ? answer.content.toString('utf8') : ''
    const listed = await git('diff-tree', '-r', '-z', '--name-only', '--no-commit-id', commit)
    return { message: text.slice(text.indexOf('\n\n') + 2), files: listed.split('\0').filter((path) => path !== '') }
  }

  private fetch(repository: NamedRepository, withHead: boolean, signal: AbortSignal): Promise<void> {
    return this.parts.mirrors.fetch(repository, { withHead, refs: [], signal })
  }

  /** The branch as the mirror has it, or a new one on its base. */
  private async find({ token }: NamedRepository, branch: string, base: string): Promise<Branch | undefined> {
    const mirror = this.parts.mirrors.open(token)
    if (!mirror.isComplete) return undefined
    const ref = branch === '' ? mirror.head : `refs/heads/${branch}`
    if (ref === undefined) return undefined
    if (!isSafeRef(ref))
      throw new CommitError('invalid', `branch: ${JSON.stringify(branch)} can not be the name of one`)
    const head = await commitAt(mirror, ref)
    if (head !== undefined) return { ref, head, isNew: false }
    const from =
      base === '' || !isSafeRef(`refs/heads/${base}`) ? undefined : await commitAt(mirror, `refs/heads/${base}`)
    return from === undefined ? undefined : { ref, head: from, isNew: true }
  }

  private async readHistory({ env }: Mirror, head: string, signal: AbortSignal): Promise<Map<string, string>> {
    const format = `--format=%H%x09%(trailers:key=${operationTrailer},valueonly,separator=%x09)`
    const args = ['log', format, '-n', String(recentCommits), head, '--']
    const printed = await runGit({ args, env, deadlineMs: localDeadlineMs, signal, keepAll: true })
    const rows = printed.split('\n').map((line) => line.split('\t'))
    return new Map(rows.reverse().flatMap(([commit = '', ...names]) => names.map((name) => [name, commit] as const)))
  }

  /** What is on the host now is here as well, without another question. */
  private async advance(
    { token }: NamedRepository,
    mirror: Mirror,
    { ref, head, isNew }: Branch,
    commit: string,
    operations: readonly string[],
  ): Promise<void> {
    const key = `${token} ${ref}`
    const known = this.histories.get(key)
    if (known?.head === head) {
      for (const operation of operations) known.operations.set(operation, commit)
      this.histories.set(key, { head: commit, operations: known.operations })
    }
    // A branch that can not be moved here is fetched by the next look.
    await mirror.advance(ref, commit, isNew).catch(() => (mirror.refs = undefined))
  }
}

async function commitAt({ objects }: Mirror, ref: string): Promise<string | undefined> {
  const [answer] = await objects.describe([`${ref}^{commit}`])
  return answer?.kind === 'found' ? answer.id : undefined
}

async function repairing<Result>(mirror: Mirror, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof BrokenMirrorError)) throw error
    await mirror.remove()
    throw new Later('the mirror was broken: it is made again', 100, { cause: error })
  }
}
