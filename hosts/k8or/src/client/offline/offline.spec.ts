import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pc from 'picocolors'
import type { OfflineContext } from '../context'
import type { Answer } from '../output/answer'
import { diffReleaseFiles } from '../release/diff-files'
import { diffFiles } from './diff'
import { judgeFile } from './health'
import { judgePolicy } from './policy'
import { renderFile } from './render'
import { parseHeaders, parseWebhook } from './webhook'

const dir = mkdtempSync(join(tmpdir(), 'k8or-offline-'))
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

/** Runs a command and keeps what it answers and complains of. */
class Desk implements OfflineContext {
  answered: Answer | undefined
  readonly complaints: string[] = []
  readonly terminal = {
    isTTY: false,
    showsProgress: false,
    print: () => undefined,
    write: () => undefined,
    complain: (text: string) => void this.complaints.push(text),
    progress: () => undefined,
    colors: pc.createColors(false),
  }
  readonly answer = async (answer: Answer): Promise<void> => void (this.answered = answer)

  get table(): string {
    return `\n${this.answered!.table({ isWide: false, colors: this.terminal.colors })}\n`
  }
}

describe('hosts/k8or/src/client/offline/offline', () => {
  let desk: Desk
  beforeEach(() => (desk = new Desk()))
  afterAll(() => rmSync(dir, { recursive: true }))

  it('judges an object by the rules of the mesh', async () => {
    const pod = file(
      'pod.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nstatus: {phase: Pending}\n',
    )
    await judgeFile(desk, { file: pod })
    expect(desk.answered?.data).toEqual({ status: 'Progressing', message: '', rule: 'Pod' })
    expect(desk.table).toBe(`
OBJECT         HEALTH        RULE   MESSAGE
Pod shop/web   Progressing   Pod
`)
  })

  it('tells what changed from one release to another, images first, and shows no value of a Secret', async () => {
    const objects = (name: string, replicas: number, image: string, password: string) =>
      file(
        name,
        `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: ${password}}\n---\n` +
          `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: ${replicas}, image: ${image}}\n`,
      )
    const files = [
      objects('before.yaml', 1, 'web:1', 'hunter2'),
      objects('after.yaml', 2, 'web:2', 'swordfish'),
    ] as const
    expect(await diffReleaseFiles(desk, {}, ...files)).toBe(1)
    expect(desk.table).toBe(`
changed apps/Deployment web
  .spec.image
    - "web:1"
    + "web:2"
  .spec.replicas
    - 1
    + 2

changed Secret db
  .stringData.password
    - "++++++++"
    + "++++++++++++"
`)
    expect(await diffReleaseFiles(desk, {}, files[0], files[0])).toBe(0)
  })

  it('has no opinion where there is no rule, and tells objects apart', async () => {
    const objects = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'
    await judgeFile(desk, { file: file('one.yaml', objects) })
    expect(desk.answered?.data).toEqual({ status: null, message: '', rule: null })
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'ConfigMap' },
        { apiVersion: 'v1', kind: 'Service' },
      ],
    }
    await judgeFile(desk, { file: file('list.json', JSON.stringify(list)) })
    expect(desk.answered?.data).toMatchObject([{ status: null }, { status: 'Healthy', rule: 'Service' }])
  })

  it.each([
    ['a: [', 'is not YAML'],
    ['kind: Pod', 'has no apiVersion'],
    ['- 1', 'holds something that is no object'],
    ['', 'holds no object'],
  ])('says what is wrong with a file: %j', async (text, message) => {
    await expect(judgeFile(desk, { file: file('bad.yaml', text) })).rejects.toThrow(message)
  })

  it('compares the fields that are desired', async () => {
    const live = file(
      'live.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, uid: u}\ndata: {x: "1", kept: "2"}\n',
    )
    const desired = (x: string) =>
      file('desired.yaml', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "${x}"}\n`)
    expect(await diffFiles(desk, { live, desired: desired('1') })).toBe(0)
    expect(desk.answered?.data).toEqual({ different: false, fields: [] })
    expect(await diffFiles(desk, { live, desired: desired('9') })).toBe(1)
    expect(desk.answered?.data).toEqual({ different: true, fields: [{ path: '.data.x', live: '1', desired: '9' }] })
  })

  it('shows no secrets', async () => {
    const secret = (value: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: ${value}}\n`
    const [live, desired] = [file('live.yaml', secret('b25l')), file('desired.yaml', secret('dHdv'))]
    expect(await diffFiles(desk, { live, desired })).toBe(1)
    expect(JSON.stringify(desk.answered?.data)).not.toMatch(/b25l|dHdv/)
  })

  it('renders an Application from folders, and tells what was read', async () => {
    mkdirSync(join(dir, 'repo/deploy/.hidden'), { recursive: true })
    file(
      'repo/deploy/b.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{image: "shop/web:1"}]}\n',
    )
    file('repo/deploy/README.md', 'not read')
    const source = 'repoURL: https://git.example.com/shop.git, path: deploy, targetRevision: main'
    const application = file(
      'app.yaml',
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\nspec: {source: {${source}}}\n`,
    )
    await renderFile(desk, { file: application, source: [`https://git.example.com/shop=${join(dir, 'repo')}`] })
    expect(desk.answered?.data).toEqual({
      objects: [
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, spec: { containers: [{ image: 'shop/web:1' }] } },
      ],
      images: ['shop/web:1'],
      inputs: [{ path: 'deploy/b.yaml', digest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    })
    await expect(renderFile(desk, { file: application, source: [] })).rejects.toMatchObject({
      nextStep: expect.stringContaining('--source'),
    })
    file('repo/deploy/broken.yaml', 'apiVersion: v1\nkind: Pod\n')
    await expect(
      renderFile(desk, { file: application, source: [`https://git.example.com/shop=${join(dir, 'repo')}`] }),
    ).rejects.toThrow('broken.yaml')
  })

  it('A10 tells whether a project permits an Application and its objects', async () => {
    const application = file(
      'declared.yaml',
      'kind: Application\napiVersion: argoproj.io/v1alpha1\nmetadata: {name: shop}\n' +
        'spec: {project: team, source: {repoURL: r, path: p}, destination: {name: east, namespace: shop}}\n',
    )
    const project = (server: string) =>
      file(
        'project.yaml',
        'kind: AppProject\napiVersion: argoproj.io/v1alpha1\nmetadata: {name: team}\n' +
          `spec: {sourceRepos: ['*'], destinations: [{server: '${server}', namespace: shop}]}\n`,
      )
    const objects = file(
      'objects.json',
      JSON.stringify({ objects: [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }] }),
    )
    const flags = {
      file: application,
      controlNamespace: 'argocd',
      clusterScoped: [],
      cluster: 'east=https://east.test',
    }
    expect(await judgePolicy(desk, { ...flags, project: project('https://east.test') })).toBe(0)
    expect(desk.answered?.data).toEqual({ permitted: true, problems: [], objects: [] })
    expect(await judgePolicy(desk, { ...flags, project: project('https://west.test'), objects })).toBe(1)
    expect(desk.answered?.data).toMatchObject({
      permitted: false,
      problems: [expect.stringContaining("server 'https://east.test' and namespace 'shop' do not match")],
      objects: [
        { kind: 'Node', namespace: '', permitted: false, reason: 'resource Node is not permitted in project team' },
      ],
    })
    await expect(judgePolicy(desk, { ...flags, project: application })).rejects.toThrow('holds no AppProject')
  })

  it('reads a webhook and verifies it', async () => {
    const repository = { clone_url: 'https://git.example.com/shop.git' }
    const text = JSON.stringify({ ref: 'refs/heads/main', before: 'a', after: 'b', repository })
    const body = file('body.json', text)
    const signature = createHmac('sha256', 's3cret').update(text).digest('hex')
    const headers = file('headers', `X-GitHub-Event: push\nX-Hub-Signature-256: sha256=${signature}\n`)
    expect(await parseWebhook(desk, { headers, secret: 's3cret' }, body)).toBe(0)
    const parsed = {
      provider: 'github',
      event: 'push',
      repositories: [repository.clone_url],
      refs: ['refs/heads/main'],
      revision: 'b',
      images: [],
    }
    expect(desk.answered?.data).toEqual({ ...parsed, verified: true })
    expect(await parseWebhook(desk, { headers }, body)).toBe(0)
    expect(desk.answered?.data).toEqual({ ...parsed, verified: null })
    expect(await parseWebhook(desk, { headers, secret: 'other' }, body)).toBe(1)
    expect(desk.answered?.data).toMatchObject({ verified: false, reason: expect.stringContaining('does not match') })
  })

  it('reads what registries and pipelines send', async () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const type = 'application/vnd.docker.distribution.events.v1+json'
    const event = {
      id: 'e',
      action: 'push',
      target: { repository: 'web', tag: 'v2', digest },
      request: { host: 'r:5000' },
    }
    const registry = file('registry.json', JSON.stringify({ events: [event] }))
    const told = file('registry-headers', `Content-Type: ${type}\nAuthorization: Bearer s3cret\n`)
    expect(await parseWebhook(desk, { headers: told, secret: 's3cret' }, registry)).toBe(0)
    const images = [`r:5000/web:v2@${digest}`]
    expect(desk.answered?.data).toMatchObject({ provider: 'registry', event: 'image', images, verified: true })
    const built = {
      specversion: '1.0',
      id: '1',
      source: '/ci',
      type: 'image.built',
      data: { image: 'r:5000/web', tag: 'v 2' },
    }
    const headers = file('ci-headers', 'Content-Type: application/cloudevents+json\n')
    const wrong = parseWebhook(desk, { headers }, file('ci.json', JSON.stringify(built)))
    await expect(wrong).rejects.toThrow('malformed CloudEvent: field data.tag')
  })

  it('reads headers as lines or as JSON', () => {
    expect(parseHeaders('A-B: c: d\r\n\r\n', 'f')).toEqual({ 'a-b': 'c: d' })
    expect(parseHeaders('{"A-B": ["c", "d"]}', 'f')).toEqual({ 'a-b': 'c' })
  })
})
