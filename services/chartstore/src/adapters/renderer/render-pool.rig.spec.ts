import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtServer, removeDir, tempDir } from '@k8or/rig'
import type { RenderHostsConfig } from '../../config'
import { RendererNotReadyError } from '../../domain/ports'
import type { HelmOptions, RenderRequest } from '../../domain/render/render-host'
import { RenderPool } from './render-pool'

const program = builtServer('render-host')
const config: RenderHostsConfig = { program, count: 2, timeoutMs: 30_000, idleMs: 200, maxBytes: 4 << 20 }

const helm: HelmOptions = {
  ...{ name: 'shop', namespace: 'prod', kubeVersion: 'v1.36.3', apiVersions: [], includeCRDs: true, skipSchema: false },
  ...{ values: [], set: [], setString: [], setFile: [] },
}
const nothing = { binary: {}, folders: [], absent: [] }
const configMap = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { v: ${data} }\n`

function chart(files: Record<string, string>): RenderRequest {
  const all: Record<string, string> = { 'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n', ...files }
  const named = Object.entries(all).map(([path, text]) => [`chart/${path}`, text])
  return { op: 'helm', path: 'chart', files: Object.fromEntries(named), ...nothing, helm }
}

function kustomization(text: string, files: Record<string, string> = {}): RenderRequest {
  const absent = ['app', 'b'].flatMap((folder) => [`${folder}/kustomization.yml`, `${folder}/Kustomization`])
  return { op: 'kustomize', path: 'app', ...nothing, absent, files: { 'app/kustomization.yaml': text, ...files } }
}

const good = chart({ 'templates/a.yaml': configMap('{{ .Release.Namespace }}') })

describe('services/chartstore/src/adapters/renderer/render-pool.rig', () => {
  const dir = tempDir('render-pool')
  const pool = new RenderPool(config)
  afterAll(() => {
    pool.stop()
    removeDir(dir)
  })

  it('A4.2 renders a chart as Helm does', async () => {
    const answer = await pool.render(good)
    expect(answer.objects).toMatchObject([{ file: 'shop/templates/a.yaml', object: { data: { v: 'prod' } } }])
    expect(answer.problem).toBeUndefined()
  })

  it('A4.3 says at once all that a kustomization names and that is not there', async () => {
    const text =
      'resources: [../base, a.yaml]\npatches: [{ path: patches/p.yaml }]\nconfigMapGenerator: [{ name: c, files: [k=f.txt] }]'
    const { misses, objects } = await pool.render(kustomization(text))
    expect(misses).toEqual(['app/a.yaml', 'app/f.txt', 'app/patches/p.yaml', 'base'])
    expect(objects).toEqual([])
  })

  it.each<[attack: string, request: RenderRequest, reason: string, told: RegExp]>([
    [
      'a schema that refers to a file of the machine',
      chart({ 'values.schema.json': '{"properties":{"a":{"$ref":"file:///etc/passwd"}}}' }),
      'RemoteRefused',
      /chart\/values\.schema\.json refers to file:\/\/\/etc\/passwd, which is not fetched/,
    ],
    [
      'a schema that refers to an address',
      chart({ 'values.schema.json': '{"$ref":"http://127.0.0.1:1/s.json"}' }),
      'RemoteRefused',
      /refers to http:\/\/127\.0\.0\.1:1\/s\.json/,
    ],
    [
      'a remote base',
      kustomization('resources: ["https://github.com/a/b//c?ref=main"]'),
      'RemoteRefused',
      /app\/kustomization\.yaml: resources "https:\/\/github\.com\/a\/b\/\/c\?ref=main" is remote/,
    ],
    [
      'a remote base in the short form of git',
      kustomization('resources: ["git@git.example:a/b"]'),
      'RemoteRefused',
      /is remote and not fetched/,
    ],
    [
      'a remote patch',
      kustomization('patches: [{ path: "http://127.0.0.1:1/p.yaml" }]'),
      'RemoteRefused',
      /patches "http:\/\/127\.0\.0\.1:1\/p\.yaml" is remote/,
    ],
    [
      'a chart inflated by kustomize',
      kustomization('helmCharts: [{ name: x }]'),
      'ToolNotSupported',
      /inflates Helm charts/,
    ],
    ['a base outside the repository', kustomization('resources: [../../x]'), 'PathMissing', /leaves the repository/],
    ['an absolute base', kustomization('resources: [/etc]'), 'PathMissing', /leaves the repository/],
    [
      'a cycle of bases',
      kustomization('resources: [../b]', { 'b/kustomization.yaml': 'resources: [../app]' }),
      'RenderFailed',
      /cycle/,
    ],
    [
      'a generator that is a program',
      kustomization('generators: [g.yaml]', {
        'app/g.yaml':
          'apiVersion: v1\nkind: G\nmetadata:\n  name: g\n  annotations:\n    config.kubernetes.io/function: "exec: {path: ./run.sh}"\n',
      }),
      'RenderFailed',
      /./,
    ],
    [
      'an include that includes itself',
      chart({
        'templates/_a.tpl': '{{ define "a" }}{{ include "a" . }}{{ end }}',
        'templates/a.yaml': '{{ include "a" . }}',
      }),
      'RenderFailed',
      /nested reference name/,
    ],
    [
      'a template that evaluates itself',
      chart({ 'values.yaml': "a: '{{ tpl .Values.a . }}'", 'templates/a.yaml': '{{ tpl .Values.a . }}' }),
      'RenderTooLarge',
      /needs more than the 512 MB of memory.*whether a template calls itself/,
    ],
    [
      'a gigabyte of output',
      chart({ 'templates/a.yaml': 'a: {{ repeat 1000000000 "x" }}' }),
      'RenderTooLarge',
      /needs more than the 512 MB of memory/,
    ],
    [
      'more output than is allowed',
      chart({ 'templates/a.yaml': configMap('{{ repeat 5000000 "x" }}') }),
      'OutputTooLarge',
      /may be 4194304; split the source/,
    ],
    ['a template that fails', chart({ 'templates/a.yaml': '{{ fail "no" }}' }), 'RenderFailed', /a\.yaml:1:3.*: no/],
    ['a template that is none', chart({ 'templates/a.yaml': '{{ if }' }), 'RenderFailed', /templates\/a\.yaml:1/],
    [
      'a template that gives no YAML',
      chart({ 'templates/a.yaml': 'a: [' }),
      'InvalidYaml',
      /YAML parse error on shop\/templates\/a\.yaml/,
    ],
    [
      'a dependency that is not vendored',
      chart({
        'Chart.yaml':
          'apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies: [{ name: redis, version: 1.0.0, repository: "https://c.example" }]',
      }),
      'ChartDependencyMissing',
      /missing in charts\/ directory: redis.*commit charts\//,
    ],
  ])(
    'names and contains %s, and renders the next as if nothing had been',
    async (_, request, reason, told) => {
      const { problem, objects } = await pool.render(request)
      expect({ reason: problem?.reason, objects }).toEqual({ reason, objects: [] })
      expect(problem?.message).toMatch(told)
      expect((await pool.render(good)).objects).toHaveLength(1)
    },
    60_000,
  )

  it('stops a template that never ends', async () => {
    const impatient = new RenderPool({ ...config, timeoutMs: 500 })
    const endless = '{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}'
    const { problem } = await impatient.render(chart({ 'templates/a.yaml': endless }))
    expect(problem).toEqual({
      reason: 'RenderTimeout',
      message:
        'helm in chart was not rendered: it took longer than 500 ms and was stopped; make it smaller or raise K8OR_RENDER_TIMEOUT_MS',
    })
    impatient.stop()
  })

  it('expands aliases within its memory, whatever they come to', async () => {
    const bomb = Array.from(
      { length: 12 },
      (_, n) =>
        `a${n}: &a${n} [${
          n === 0
            ? 'x'
            : Array(9)
                .fill(`*a${n - 1}`)
                .join(',')
        }]`,
    )
    const { problem } = await pool.render(chart({ 'templates/a.yaml': `${bomb.join('\n')}\n` }))
    expect(problem?.reason).toMatch(/InvalidYaml|RenderTooLarge|OutputTooLarge/)
    expect((await pool.render(good)).objects).toHaveLength(1)
  }, 30_000)

  it('tells which functions give something else each time', async () => {
    const text = '{{ now }} {{ randAlpha 3 }} {{ (genCA "a" 1).Cert | len }} {{ lookup "v1" "Secret" "a" "b" | len }}'
    const { nonDet, objects } = await pool.render(chart({ 'templates/a.yaml': `a: "${text}"` }))
    expect(nonDet).toEqual(['genCA', 'lookup', 'now', 'randAlpha'])
    expect(objects).toHaveLength(1)
  })

  it('has hosts that can open, connect and start nothing, and know nothing of this process', () => {
    const source = join(__dirname, '../../../renderer')
    expect(() => execFileSync('go', ['test', './seal'], { cwd: source, stdio: 'pipe' })).not.toThrow()
  }, 120_000)

  it('renders beside each other up to its number of hosts, and stops those that idle', async () => {
    await Promise.all(Array.from({ length: 20 }, () => pool.render(good)))
    const running = () =>
      execFileSync('ps', ['--ppid', String(process.pid), '-o', 'comm='])
        .toString()
        .match(/render-host/g)
    expect(running()?.length).toBe(2)
    while (running() !== null) await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await pool.render(good)).objects).toHaveLength(1)
  })

  it('takes another host where one was killed from outside, and blames the source only when that dies too', async () => {
    const [child] = execFileSync('pgrep', ['-P', String(process.pid), 'render-host'])
      .toString()
      .split('\n')
    process.kill(Number(child), 'SIGSTOP')
    const rendering = pool.render(good)
    process.kill(Number(child), 'SIGKILL')
    expect((await rendering).objects).toHaveLength(1)
    const failing = join(dir, 'failing')
    writeFileSync(failing, '#!/bin/sh\necho out of order >&2\nexit 3\n')
    chmodSync(failing, 0o755)
    const { problem } = await new RenderPool({ ...config, program: failing }).render(good)
    expect(problem).toMatchObject({
      reason: 'RenderFailed',
      message: expect.stringContaining('out of order') as string,
    })
  })

  it('ends what runs when it is stopped', async () => {
    const stopped = new RenderPool(config)
    const endless = '{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}'
    const rendering = stopped.render(chart({ 'templates/a.yaml': endless }))
    setTimeout(() => stopped.stop(), 100)
    await expect(rendering).rejects.toThrow('the service is stopping')
  })

  it('tells what of the cluster a chart may look at', async () => {
    const consults = async (text: string) =>
      (await pool.render(chart({ 'templates/a.yaml': `a: {{ ${text} | quote }}` }))).consults
    expect(await consults('.Values.a')).toEqual([])
    expect(await consults('.Capabilities.KubeVersion.Minor')).toEqual(['kubeVersion'])
    expect(await consults('.Capabilities.APIVersions.Has "a/b"')).toEqual(['apiVersions'])
    expect(await consults('toString .Capabilities')).toEqual(['kubeVersion', 'apiVersions'])
  })

  it('says what is waited for where the program is not built yet', async () => {
    const rendering = new RenderPool({ ...config, program: join(dir, 'absent') }).render(good)
    await expect(rendering).rejects.toThrow(RendererNotReadyError)
    await expect(rendering).rejects.toThrow(/wait for the render host: .*absent is not there; `make setup` builds it/)
  })
})
