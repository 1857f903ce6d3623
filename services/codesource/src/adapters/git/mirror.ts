import { Later } from '@k8or/outcome'
import { unlessAborted } from '@k8or/shell'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gitEnvironment, type GitPlace, type GitSetting } from './git-environment'
import { ObjectReader, type RunningReaders } from './object-reader'
import { GitCommandError, runGit } from './run-git'
import type { AskedMirror } from './smart-http/fetch-quickly'
import { changeRefs, moveRef } from './smart-http/local-refs'
import type { Transport } from './transport'

const minute = 60_000
const tidyEveryMs = 60 * minute
// These tasks add packs and never rewrite everything: a push does not wait long for them.
const tidyTasks = ['--task=loose-objects', '--task=incremental-repack']
const tidySettings: readonly GitSetting[] = [
  ['maintenance.loose-objects.auto', '1000'],
  ['maintenance.incremental-repack.auto', '20'],
]
const localDeadlineMs = 10_000
const saysBroken =
  /is corrupt|corrupt loose object|object file .* is empty|bad object|not a git repository|unable to read (tree|sha1 file)|bad config|index file .* is too small|non-monotonic index/
const all = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
const sharedArgs = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-show-forced-updates']
const fetchArgs = ['fetch', ...sharedArgs, '--no-write-fetch-head', '--no-auto-maintenance']

/** What all mirrors have in common. */
export interface MirrorOptions {
  readonly place: GitPlace
  /** Packs that are larger together are refused. */
  readonly maxBytes: number
  readonly readers: RunningReaders
}

/** A bare copy of one repository, with the branches and tags that its host has. */
export class Mirror implements AskedMirror {
  readonly objects: ObjectReader
  private tidiedAt = performance.now()
  private preparing: Promise<void> | undefined
  private turn: Promise<unknown> = Promise.resolve()
  /** Whether its repository answered last time; such ones are not made to wait behind others. */
  isProven: boolean
  /** What HEAD points to, as of the last time that it was asked for. */
  head: string | undefined
  refs: Map<string, string> | undefined
  isSpokenTo = false
  leftToGitUntil = 0
  /** Where its host says that the repository has gone. */
  movedTo: string | undefined

  constructor(
    readonly dir: string,
    private readonly options: MirrorOptions,
  ) {
    this.objects = new ObjectReader(gitEnvironment(options.place, dir), options.readers)
    this.isProven = this.isComplete
  }

  get env(): Readonly<Record<string, string>> {
    return gitEnvironment(this.options.place, this.dir)
  }

  get maxBytes(): number {
    return this.options.maxBytes
  }

  /** Whether all has been fetched once. */
  get isComplete(): boolean {
    return existsSync(this.fetchedMark)
  }

  /**
   * Runs what learns or sets where branches are, one after the other: what a fetch was told before a push must not be
   * written after it.
   */
  async exclusively<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.turn
    const mine = before.then(() => {
      signal.throwIfAborted()
      return work()
    })
    this.turn = mine.catch(() => undefined)
    return unlessAborted(mine, signal)
  }

  /** Points a branch here to what was pushed to it. */
  async advance(ref: string, commit: string, isNew: boolean): Promise<void> {
    if (isNew) await changeRefs(this.env, new Map([[ref, commit]]), [])
    else await moveRef(this.dir, ref, commit)
    this.refs?.set(ref, commit)
  }

  /** Brings branches and tags to what the host has now; `refs` are further ones, by full name. */
  async fetch(url: string, transport: Transport, refs: readonly string[], signal: AbortSignal): Promise<void> {
    await this.prepare()
    this.refs = undefined
    const isFirst = !this.isComplete
    // A pattern that matches nothing is no error, a missing name would be.
    const further = refs.map((ref) => `+${ref}*:${ref}*`)
    const args = [...fetchArgs, '--prune', '--', url, ...all, ...further]
    await this.run(args, transport, isFirst ? 30 * minute : 2 * minute, signal)
    if (isFirst) await this.finishFirst(signal)
  }

  /** Fetches one commit that no branch or tag leads to, and keeps it. */
  async fetchCommit(url: string, transport: Transport, commit: string, signal: AbortSignal): Promise<void> {
    await this.prepare()
    await this.run([...fetchArgs, '--', url, `+${commit}:refs/k8or/${commit}`], transport, 5 * minute, signal)
  }

  /** Asks the host what its HEAD points to. */
  async readHead(url: string, transport: Transport, signal: AbortSignal): Promise<void> {
    await this.prepare()
    const printed = await this.run(['ls-remote', '--quiet', '--symref', '--', url, 'HEAD'], transport, minute, signal)
    this.head = /^ref: (refs\/\S+)\tHEAD$/m.exec(printed)?.[1]
  }

  /** Packs what many fetches have left behind, when it is much; looks no more than once an hour. */
  async tidy(signal: AbortSignal): Promise<void> {
    const now = performance.now()
    if (now - this.tidiedAt < tidyEveryMs) return
    this.tidiedAt = now
    const env = gitEnvironment(this.options.place, this.dir, tidySettings)
    await runGit({
      args: ['maintenance', 'run', '--auto', '--quiet', ...tidyTasks],
      env,
      deadlineMs: 5 * minute,
      signal,
    })
  }

  /** Removes what is broken; the next fetch makes it again. */
  async remove(): Promise<void> {
    this.objects.close()
    this.preparing = undefined
    this.refs = undefined
    await rm(this.dir, { recursive: true, force: true })
  }

  /** Whether there is anything to read from. */
  exists(): boolean {
    return existsSync(join(this.dir, 'HEAD'))
  }

  close(): void {
    this.objects.close()
  }

  private async run(args: readonly string[], transport: Transport, deadlineMs: number, signal: AbortSignal) {
    const env = gitEnvironment(this.options.place, this.dir, transport.settings, transport.env)
    const isTooLarge = () => exceeds(join(this.dir, 'objects', 'pack'), this.options.maxBytes)
    try {
      return await runGit({ args, env, deadlineMs, signal, isTooLarge })
    } catch (error) {
      // A command that was ended may have left locks behind.
      this.preparing = undefined
      if (!(error instanceof GitCommandError && saysBroken.test(error.failure.stderr))) throw error
      await this.remove()
      throw new Later('the mirror was broken: it is made again', 0, { cause: error })
    }
  }

  private get fetchedMark(): string {
    return join(this.dir, 'k8or-fetched')
  }

  /** Thousands of branches as single files would slow every later command down. */
  private async finishFirst(signal: AbortSignal): Promise<void> {
    await runGit({ args: ['pack-refs', '--all'], env: this.env, deadlineMs: localDeadlineMs, signal })
    await writeFile(this.fetchedMark, '')
  }

  /** Two that come at once share one preparation. */
  private prepare(): Promise<void> {
    this.preparing ??= this.makeReady().catch((error: unknown) => {
      this.preparing = undefined
      throw error
    })
    return this.preparing
  }

  private async makeReady(): Promise<void> {
    if (this.exists()) await removeLeftovers(this.dir)
    else await this.create()
  }

  private async create(): Promise<void> {
    const signal = AbortSignal.timeout(localDeadlineMs)
    const half = `${this.dir}.new`
    await rm(half, { recursive: true, force: true })
    await rm(this.dir, { recursive: true, force: true })
    await mkdir(half, { recursive: true })
    const env = gitEnvironment(this.options.place, half)
    await runGit({ args: ['init', '--quiet', '--bare', '--template='], env, deadlineMs: localDeadlineMs, signal })
    await rename(half, this.dir)
  }
}

/** Removes the locks and half-written packs of commands that were killed. */
async function removeLeftovers(dir: string): Promise<void> {
  const isLeftover = (path: string) => path.endsWith('.lock') || /objects\/pack\/tmp_/.test(path)
  const inRefs = await readdir(join(dir, 'refs'), { recursive: true }).catch(() => [])
  const inPacks = await readdir(join(dir, 'objects', 'pack')).catch(() => [])
  const atTop = await readdir(dir)
  const paths = [
    ...atTop,
    ...inRefs.map((name) => `refs/${name}`),
    ...inPacks.map((name) => `objects/pack/${name}`),
  ].filter(isLeftover)
  await Promise.all(paths.map((path) => rm(join(dir, path), { recursive: true, force: true })))
}

async function exceeds(dir: string, maxBytes: number): Promise<boolean> {
  const names = await readdir(dir).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(dir, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((total, size) => total + size, 0) > maxBytes
}
