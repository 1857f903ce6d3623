import {
  commitFiles,
  Content,
  expectClear,
  git,
  gitRepo,
  readEntries,
  removeDir,
  startGitServer,
  tempDir,
  type Entry,
  type GitServer,
} from '@k8or/rig'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import { commitTree, Node } from '../test/hostile-repository'
import { mirrorsIn } from '../test/mirrors-in'
import type { GitMirrors } from './adapters/git/git-mirrors'
import { namedRepository } from './adapters/git/git-mirrors'
import { MirroredTrees } from './adapters/git/mirrored-trees'
import { packets } from './adapters/git/smart-http/pkt-line'
import { noAccess } from './domain/repository/access'
import { RepositoryError } from './domain/repository/remote'
import { TreeMalformedError, TreeMissingError, TreeTooLargeError } from './domain/tree/tree'

const Answer = z.strictObject({
  status: z.number().default(200),
  type: z.string().default('application/x-git-upload-pack-advertisement'),
  location: z.string().optional(),
  body: z.union([Content, z.strictObject({ packets: z.array(z.string()) })]).default(''),
})

const Asked = z.strictObject({
  /** The tree of the commit, which an honest host hands out. */
  tree: z.array(Node).optional(),
  read: z
    .strictObject({
      path: z.string().default('app'),
      commit: z.string().optional(),
      followLinks: z.boolean().default(false),
      maxBytes: z.number().default(1 << 20),
    })
    .prefault({}),
  /** What a host answers, one after the other, the last again and again; `known` when it was honest before. */
  host: z.array(Answer).optional(),
  known: z.boolean().default(false),
  /** The declared address, instead of that of the host. */
  url: z.string().optional(),
  access: z.record(z.string(), z.string()).default({}),
})
type Asked = z.infer<typeof Asked>

describe('services/codesource/src/hostile-git.rig', () => {
  const [root, dir] = [tempDir('git'), tempDir('mirrors')]
  const signal = new AbortController().signal
  let server: GitServer
  let liar: ReturnType<typeof createServer>
  let answers: z.infer<typeof Answer>[] = []
  let access: Record<string, string> = {}
  let mirrors: GitMirrors
  let repo: string
  const commits = new Map<string, string>()

  beforeAll(async () => {
    server = await startGitServer({ root })
    repo = await gitRepo(root, 'trees')
    for (const [, { name, given }] of readEntries('git', Asked)) if (given.tree) await publish(name, given.tree)
    liar = createServer((incoming, response) => {
      const [answer] = answers.length > 1 ? answers.splice(0, 1) : answers
      if (answer) lie(response, answer)
      else passOn(incoming, response)
    })
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
    mirrors = mirrorsIn(dir, { credentials: { of: async () => ({ ...noAccess, ...access }) } }, 1 << 26).mirrors
  }, 60_000)

  afterAll(async () => {
    mirrors.close()
    liar.closeAllConnections()
    liar.close()
    await server.stop()
    removeDir(root)
    removeDir(dir)
  })

  const lie = (response: ServerResponse, { status, type, location, body }: z.infer<typeof Answer>) => {
    response.writeHead(status, { 'content-type': type, ...(location !== undefined && { location }) })
    response.end(typeof body === 'object' && 'packets' in body ? packets(...body.packets) : body)
  }
  const passOn = (incoming: IncomingMessage, response: ServerResponse) => {
    const { url = '', method, headers } = incoming
    const passed = request(`${server.url}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    passed.once('error', () => response.destroy())
    incoming.pipe(passed)
  }

  const urlOf = (name: string) => `http://localhost:${String((liar.address() as AddressInfo).port)}/${name}.git`
  const options = { recurse: true, suffixes: [] }

  const outcomeOf = async (name: string, given: Asked): Promise<{ outcome: string; told: string }> => {
    try {
      const told = given.tree ? await readHostile(name, given) : await fetchFromLiar(name, given)
      return { outcome: given.tree ? 'read' : 'fetched', told }
    } catch (error) {
      if (error instanceof RepositoryError) return { outcome: error.problem.reason, told: error.message }
      const known = [TreeMalformedError, TreeMissingError, TreeTooLargeError].find((type) => error instanceof type)
      if (!known) throw error
      return { outcome: known.name, told: (error as Error).message }
    }
  }

  /** All trees are of one repository, fetched once. */
  const publish = async (name: string, tree: readonly Node[]): Promise<string> => {
    const commit = await commitTree(repo, tree)
    await git(['-C', repo, 'update-ref', `refs/heads/${name}`, commit.id])
    commits.set(name, commit.id)
    return commit.id
  }

  const readHostile = async (name: string, { tree = [], read }: Asked): Promise<string> => {
    const { path, commit = commits.get(name) ?? (await publish(name, tree)), ...how } = read
    const trees = new MirroredTrees(mirrors)
    const { files } = await trees.read(urlOf('trees'), commit, path, { ...options, ...how }, signal)
    const shown = files.map(
      (file) => `${file.path.slice(-100)}=${file.linkProblem || file.content.toString('utf8', 0, 60)}`,
    )
    return shown.slice(0, 10).join('\n')
  }

  const fetchFromLiar = async (name: string, { host = [], known, url, access: with_ }: Asked): Promise<string> => {
    const commit = await commitFiles(await gitRepo(root, name), { a: '1' })
    const repository = {
      ...namedRepository('http://localhost/x.git'),
      declaredUrl: url ?? urlOf(name),
      url: url ?? urlOf(name),
      token: name,
    }
    const fetch = () => mirrors.fetch(repository, { withHead: true, refs: [], signal })
    if (known) await fetch()
    if (known) await fetch()
    answers = [...host]
    access = with_
    try {
      await fetch()
    } finally {
      answers = []
      access = {}
      await mirrors.fetch({ ...repository, declaredUrl: urlOf(name) }, { withHead: true, refs: [], signal })
      const found = await mirrors.resolve(name, [{ expression: 'refs/heads/main', ref: 'refs/heads/main' }])
      expect(found).toEqual({ commit, ref: 'refs/heads/main' })
    }
    return git(['-C', join(dir, name), 'for-each-ref'])
  }

  it.each(readEntries('git', Asked))(
    '%s',
    async (_: string, entry: Entry<Asked>) => {
      const { outcome, told } = await outcomeOf(entry.name, entry.given)
      expect({ outcome, told }).toEqual({ outcome: entry.expected.outcome, told })
      expectClear(entry, told)
    },
    60_000,
  )

  it('reads an honest repository after all of that', async () => {
    const { outcome, told } = await outcomeOf(
      'honest',
      Asked.parse({ tree: [{ mode: '40000', name: 'app', tree: [{ name: 'a', blob: 'b' }] }] }),
    )
    expect({ outcome, told }).toEqual({ outcome: 'read', told: 'a=b' })
  }, 60_000)
})
