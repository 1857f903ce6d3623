import { repositoryToken, revisionKey, revisionObserved, revisionRecord, type RevisionRecord } from '@k8or/contracts'
import { Commits, type CommitRequest } from '@k8or/contracts/rpc/codesource/v1/commits'
import { Images } from '@k8or/contracts/rpc/codesource/v1/images'
import { Refreshes } from '@k8or/contracts/rpc/codesource/v1/refreshes'
import { Trees } from '@k8or/contracts/rpc/codesource/v1/trees'
import { commitFiles, git, gitRepo, headOf, readFileAt, type BusBench } from '@k8or/rig'
import { ConflictError } from '@k8or/rpc'

/** A repository as CodeSource would tell of it: trees, commits and heads of real git, and what a registry would list. */
export class GitPeer {
  /** What was asked to be committed, and how that ended. */
  readonly asked: { readonly baseId: string; readonly outcome: 'committed' | 'changed' }[] = []
  /** The tags that the registry has, of every image. */
  tags: string[] = []
  readonly url: string
  readonly key: string
  private ordinal = 0

  private constructor(
    private readonly bench: BusBench,
    readonly name: string,
    private readonly repo: string,
  ) {
    this.url = `https://git.example/${name}.git`
    this.key = revisionKey(repositoryToken(this.url), 'main')
  }

  static async create(bench: BusBench, root: string, name: string): Promise<GitPeer> {
    return new GitPeer(bench, name, await gitRepo(root, name))
  }

  /** Answers for all repositories what CodeSource would. */
  static serve(bench: BusBench, peers: readonly GitPeer[]): void {
    const of = ({ repositoryUrl }: { readonly repositoryUrl: string }) =>
      peers.find(({ url }) => url === repositoryUrl)!
    bench.calls.serve('codesource', (router) => {
      router.service(Trees, {
        listTrees: async (asked) => ({ entries: await of(asked).list(asked.commit, asked.paths) }),
        readTree: async (asked) => ({ id: asked.path, files: await of(asked).read(asked.commit, asked.path) }),
      })
      router.service(Commits, { commit: async (asked) => of(asked).take(asked) })
      router.service(Refreshes, { refresh: async (asked) => (await of(asked).observe(), {}) })
      router.service(Images, {
        listTags: ({ image }) => ({ tags: peers.find(({ name }) => image.endsWith(`/${name}`))!.tags }),
      })
    })
  }

  /** Somebody pushes; CodeSource has not heard of it until `observe`. */
  push(files: Record<string, string>): Promise<string> {
    return commitFiles(this.repo, files, 'by hand')
  }

  file(path: string): Promise<string> {
    return readFileAt(this.repo, path)
  }

  async subjects(): Promise<string[]> {
    return (await git(['-C', this.repo, 'log', '--format=%s', 'main'])).split('\n')
  }

  /** CodeSource sees the head of the branch. */
  async observe(): Promise<void> {
    const commit = (await headOf(this.repo))!
    const ordinal = (this.ordinal += 1)
    const repository = { url: this.url, token: repositoryToken(this.url) }
    const time = new Date()
    const [factId, correlationId] = [`revision/${this.name}/${ordinal}`, `delivery/${ordinal}`]
    const author = { author: 'Ann', subject: 's', committedAt: time.toISOString(), via: 'webhook' as const }
    const told = { ...author, repository, targetRevision: 'main', ref: 'refs/heads/main', commit, ordinal }
    const data = { ...told, previous: null }
    const state = { announced: true, followed: true, observedAt: time.toISOString(), problem: null }
    const record: RevisionRecord = { ...data, ...state, factId, correlationId, causes: [] }
    const codesource = this.bench.bus('codesource')
    await codesource.records(revisionRecord).put(this.key, record)
    const draft = { id: factId, token: repository.token, time, causes: [], correlationId, actor: 'git:Ann' }
    await codesource.publisher.publish(revisionObserved, { ...draft, data })
  }

  private async take({ edits, message }: CommitRequest): Promise<{ commit: string }> {
    const [{ path, baseId, content } = { path: '', baseId: '', content: new Uint8Array() }] = edits
    const id = await this.git('rev-parse', `main:${path}`)
    this.asked.push({ baseId, outcome: id === baseId ? 'committed' : 'changed' })
    if (id !== baseId) throw new ConflictError(`file ${path} is ${id} there: read it again and ask anew`)
    const commit = await commitFiles(this.repo, { [path]: Buffer.from(content) }, message)
    await this.observe()
    return { commit }
  }

  private async list(commit: string, paths: readonly string[]) {
    const idOf = (path: string) => this.git('rev-parse', `${commit}:${path}`).catch(() => '')
    return Promise.all(
      paths.map(async (path) => {
        const id = await idOf(path)
        return { path, id, kind: id === '' ? '' : 'tree' }
      }),
    )
  }

  private async read(commit: string, path: string) {
    const lines = (await this.git('ls-tree', '-r', `${commit}:${path}`)).split('\n')
    return Promise.all(
      lines.map(async (line) => {
        const [about = '', name = ''] = line.split('\t')
        const content = await this.git('show', `${commit}:${path}/${name}`)
        return { path: name, id: about.split(' ')[2] ?? '', content: Buffer.from(`${content}\n`), isLink: false }
      }),
    )
  }

  private git(...args: string[]): Promise<string> {
    return git(['-C', this.repo, ...args])
  }
}
