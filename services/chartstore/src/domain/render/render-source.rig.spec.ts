import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeclaredSource } from '@k8or/contracts'
import { builtServer, removeDir, tempDir } from '@k8or/rig'
import { RenderPool } from '../../adapters/renderer/render-pool'
import type { TreeEntry, Trees } from '../ports'
import { imagesOf } from '../release/images'
import { renderSource } from './render-source'
import type { LocatedSource, Rendered, SourceFile, WantedFiles } from './rendering'

type Repository = Record<string, string | Buffer>

/** Repositories in memory, by URL; the id of a file is its content. */
class MemoryTrees implements Trees {
  constructor(private readonly repositories: Record<string, Repository>) {}

  list(url: string, _: string, paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry>> {
    const files = this.repositories[url] ?? {}
    const entries = paths.flatMap((path): [string, TreeEntry][] => {
      if (path in files) return [[path, { id: String(files[path]), kind: 'blob' }]]
      const below = Object.keys(files).filter((name) => path === '' || name.startsWith(`${path}/`))
      return below.length === 0 ? [] : [[path, { id: below.join(), kind: 'tree' }]]
    })
    return Promise.resolve(new Map(entries))
  }

  read(url: string, _: string, path: string, { recurse, suffixes }: WantedFiles): Promise<SourceFile[]> {
    const prefix = path === '' ? '' : `${path}/`
    const files = Object.entries(this.repositories[url] ?? {})
      .filter(([name]) => name.startsWith(prefix) && (recurse || !name.slice(prefix.length).includes('/')))
      .filter(([name]) => suffixes.length === 0 || suffixes.some((suffix) => name.endsWith(suffix)))
      .map(([name, text]) => ({ path: name.slice(prefix.length), content: Buffer.from(text), isLink: false }))
    return Promise.resolve(files)
  }
}

const url = 'https://git.example/shop.git'
const config = (value: string, name = '{{ .Release.Name }}') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "${name}" }\ndata: { v: "${value}" }\n`
const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'chart/values.yaml': 'a: chart\nb: chart\nc: chart\n',
  'chart/templates/a.yaml': config('{{ .Values.a }} {{ .Values.b }} {{ .Values.c }}'),
}

describe('services/chartstore/src/domain/render/render-source.rig', () => {
  const dir = tempDir('render-source')
  const renderer = new RenderPool({
    ...{ program: builtServer('render-host'), count: 1, timeoutMs: 30_000, idleMs: 60_000, maxBytes: 4 << 20 },
  })
  const target = {
    ...{ instance: 'shop-eu', project: 'shop', namespace: 'eu' },
    cluster: 'eu',
    capabilities: () =>
      Promise.resolve({ kubeVersion: 'v1.36.3', apiVersions: ['x.example/v1', 'x.example/v1/Thing'] }),
  }

  afterAll(() => {
    renderer.stop()
    removeDir(dir)
  })

  const render = (
    repositories: Record<string, Repository> | Repository,
    source: Partial<DeclaredSource>,
    others: readonly Partial<DeclaredSource>[] = [],
    instance = target.instance,
  ): Promise<Rendered> => {
    const isOne = Object.keys(repositories).every((name) => !name.startsWith('https:'))
    const trees = new MemoryTrees((isOne ? { [url]: repositories } : repositories) as Record<string, Repository>)
    const located = [source, ...others].map((each): LocatedSource => {
      const declared = { repoURL: url, path: '', targetRevision: 'main', ...each }
      const tree = declared.ref && declared.path === '' ? '' : 'tree'
      const { repoURL, path, targetRevision } = declared
      return { declared, resolved: { repoURL, path, targetRevision, revision: 'c0ffee1234', tree } }
    })
    return renderSource(located, 0, { trees, renderer, target: { ...target, instance } })
  }
  const values = ({ objects, problems }: Rendered) => {
    expect(problems).toEqual([])
    return objects.map(({ object }) => (object['data'] as { v: string }).v)
  }

  describe('a chart', () => {
    it('A4.1 is known by its Chart.yaml, beside a kustomization too', async () => {
      const files = { ...chart, 'chart/kustomization.yaml': 'resources: []' }
      expect(values(await render(files, { path: 'chart' }))).toEqual(['chart chart chart'])
    })

    it('A4.2 takes values in order: chart, files, valuesObject in place of values, parameters', async () => {
      const files = { ...chart, 'chart/one.yaml': 'a: one\nb: one', 'two.yaml': 'b: two', 'f.txt': 'file, all of it' }
      const helm = {
        valueFiles: ['one.yaml', '/two.yaml'],
        values: 'c: text',
        valuesObject: { c: 'object' },
        parameters: [{ name: 'd', value: 'x' }],
        fileParameters: [{ name: 'a', path: '/f.txt' }],
      }
      expect(values(await render(files, { path: 'chart', helm }))).toEqual(['file, all of it two object'])
    })

    it('C24.2 C12.3 gives each environment its own values from one chart, with the image that is asked for and no other', async () => {
      const template =
        'apiVersion: v1\nkind: Pod\nmetadata: { name: p, labels: { count: "{{ .Values.replicas }}" } }\nspec: { containers: [{ name: m, image: "{{ .Values.image.name }}:{{ .Values.image.tag }}" }] }\n'
      const files = {
        ...chart,
        'chart/templates/a.yaml': template,
        'chart/values.yaml': 'replicas: 1\nimage: { name: shop/web, tag: "1" }\n',
        'prod.yaml': 'replicas: 5\n',
      }
      const parameters = [{ name: 'image.tag', value: '2' }]
      const rendered = await render(files, { path: 'chart', helm: { valueFiles: ['/prod.yaml'], parameters } })
      expect(rendered.objects).toMatchObject([{ object: { metadata: { labels: { count: '5' } } } }])
      expect(imagesOf(rendered.objects.map(({ object }) => object))).toEqual(['shop/web:2'])
      const plain = await render(files, { path: 'chart' })
      expect(plain.objects).toMatchObject([{ object: { metadata: { labels: { count: '1' } } } }])
      expect(imagesOf(plain.objects.map(({ object }) => object))).toEqual(['shop/web:1'])
    })

    it('names a release after the application, without the namespace in front of it', async () => {
      const rendered = await render(chart, { path: 'chart' }, [], 'team-a_shop')
      expect(rendered.objects[0]?.object.metadata.name).toBe('shop')
    })

    it('A4.2 expands globs in place, without files that are named, each file once', async () => {
      const files = { ...chart, 'envs/a.yaml': 'a: ea', 'envs/deep/b.yaml': 'a: eb\nb: eb', 'envs/z.yaml': 'b: ez' }
      const valueFiles = ['/envs/z.yaml', '/envs/**/*.yaml', '/envs/a.yaml', '/envs/a.yaml']
      const rendered = await render(files, { path: 'chart', helm: { valueFiles } })
      expect(values(rendered)).toEqual(['ea eb chart'])
      expect(rendered.reads?.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['envs', 'envs/a.yaml', 'envs/z.yaml']),
      )
    })

    it('A4.2 names a value file that is missing, remote, or outside; missing ones may be allowed', async () => {
      const told = async (name: string, more = {}) =>
        (await render(chart, { path: 'chart', helm: { valueFiles: [name], ...more } })).problems[0]?.message
      expect(await told('no.yaml')).toBe('spec.source.helm.valueFiles: no.yaml does not exist')
      expect(await told('/x/*.yaml')).toContain('values file glob /x/*.yaml matched no files')
      expect(await told('https://x.example/v.yaml')).toContain('is remote and not fetched yet')
      expect(await told('../../v.yaml')).toContain('leaves the repository')
      expect(await told('$other/v.yaml')).toContain('give one ref: other')
      expect(await told('no.yaml', { ignoreMissingValueFiles: true })).toBeUndefined()
    })

    it('A4.6 takes value files of another source by its name, and depends on them', async () => {
      const values_ = 'https://git.example/values.git'
      const repositories = { [url]: chart, [values_]: { 'eu/v.yaml': 'a: eu' } }
      const source = { path: 'chart', helm: { valueFiles: ['$vals/eu/v.yaml'] } }
      const rendered = await render(repositories, source, [{ repoURL: values_, ref: 'vals' }])
      expect(values(rendered)).toEqual(['eu chart chart'])
      expect(rendered.reads).toEqual([{ source: 1, path: 'eu/v.yaml', id: 'a: eu' }])
    })

    it('A4.1 replaces build variables in parameters and value files, and depends on the commit where they tell it', async () => {
      const files = { ...chart, 'chart/shop-eu.yaml': 'a: mine' }
      const parameters = [
        { name: 'b', value: '$ARGOCD_APP_NAMESPACE/$$5' },
        { name: 'c', value: 'r${ARGOCD_APP_REVISION_SHORT}', forceString: true },
      ]
      const helm = { valueFiles: ['$ARGOCD_APP_NAME.yaml'], parameters }
      const rendered = await render(files, { path: 'chart', helm })
      expect(values(rendered)).toEqual(['mine eu/$5 rc0ffee1'])
      expect(rendered.consulted).toEqual({ revision: 'c0ffee1234' })
    })

    it('A4.2 is told release, namespace and the version of the cluster, unless they are set', async () => {
      const told =
        '{{ .Release.Name }} {{ .Release.Namespace }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "x.example/v1/Thing" }}'
      const files = { ...chart, 'chart/templates/a.yaml': config(told) }
      const plain = await render(files, { path: 'chart' })
      expect(values(plain)).toEqual(['shop-eu eu v1.36.3 true'])
      expect(plain.consulted).toMatchObject({ kubeVersion: 'v1.36.3', apiVersions: expect.any(String) as string })
      const helm = { releaseName: 'r', namespace: 'n', kubeVersion: '1.30.0', apiVersions: ['y.example/v1'] }
      const rendered = await render(files, { path: 'chart', helm })
      expect(values(rendered)).toEqual(['r n v1.30.0 false'])
      expect(rendered.consulted).toEqual({})
    })

    it('A4.2 includes crds/ unless skipCrds, and leaves out tests and what runs on rollback', async () => {
      const hook = (name: string, event: string) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, annotations: { helm.sh/hook: "${event}" } }\ndata: { v: ${name} }\n`
      const hooks = [hook('t', 'test-success'), hook('r', 'pre-rollback,post-rollback'), hook('p', 'pre-install')]
      const files = {
        ...chart,
        'chart/crds/x.yaml': config('crd', 'crd'),
        'chart/templates/hooks.yaml': hooks.join('---\n'),
      }
      expect(values(await render(files, { path: 'chart' }))).toEqual(['crd', 'chart chart chart', 'p'])
      expect(values(await render(files, { path: 'chart', helm: { skipCrds: true } }))).toEqual([
        'chart chart chart',
        'p',
      ])
    })

    it('checks values by the schema of the chart, unless that is skipped', async () => {
      const schema = JSON.stringify({ properties: { a: { type: 'integer' } } })
      const files = { ...chart, 'chart/values.schema.json': schema }
      expect((await render(files, { path: 'chart' })).problems[0]?.message).toMatch(/specifications of the schema/)
      const skipped = await render(files, { path: 'chart', helm: { skipSchemaValidation: true } })
      expect(skipped.problems).toEqual([])
    })

    it('takes packed subcharts, ignored files, and dependencies on charts of the same repository', async () => {
      const packed = join(dir, 'sub-1.0.0.tgz')
      const make = `mkdir -p sub/templates && printf 'apiVersion: v2\\nname: sub\\nversion: 1.0.0\\n' > sub/Chart.yaml && printf '${config('sub', 'sub').replaceAll('\n', '\\n')}' > sub/templates/s.yaml && tar czf ${packed} sub`
      execFileSync('sh', ['-c', make], { cwd: dir })
      const common = {
        'libs/common/Chart.yaml': 'apiVersion: v2\nname: common\nversion: 1.0.0\n',
        'libs/common/templates/c.yaml': config('common', 'common'),
      }
      const dependencies =
        'dependencies: [{ name: sub, version: 1.0.0 }, { name: common, version: 1.0.0, repository: "file://../libs/common" }]'
      const files = {
        ...chart,
        ...common,
        'chart/Chart.yaml': `${chart['chart/Chart.yaml']}${dependencies}\n`,
        'chart/charts/sub-1.0.0.tgz': readFileSync(packed),
        'chart/.helmignore': 'ignored/\n',
        'chart/ignored/x.yaml': 'never: [read',
      }
      const rendered = await render(files, { path: 'chart' })
      expect(values(rendered)).toEqual(['common', 'sub', 'chart chart chart'])
      expect(rendered.reads?.map(({ path }) => path)).toEqual(expect.arrayContaining(['libs/common/templates/c.yaml']))
    })

    it('warns of functions that give something else each time, and of lookup', async () => {
      const files = {
        ...chart,
        'chart/templates/a.yaml': config('{{ now | unixEpoch }}{{ lookup "v1" "Pod" "" "" | len }}'),
      }
      expect((await render(files, { path: 'chart' })).warnings).toMatchObject([
        { reason: 'NonDeterministic', message: expect.stringContaining('uses now') as string },
        { reason: 'LookupEmpty' },
      ])
    })

    it('A4.1 is changed by .argocd-source.yaml, then by the file of the application alone', async () => {
      const files = {
        ...chart,
        'chart/.argocd-source.yaml':
          'path: elsewhere\nhelm: { parameters: [{ name: a, value: all }, { name: b, value: all }] }',
        'chart/.argocd-source-shop-eu.yaml': 'helm: { valuesObject: { c: own } }',
        'chart/.argocd-source-other.yaml': 'helm: { valuesObject: { c: other } }',
      }
      expect(values(await render(files, { path: 'chart' }))).toEqual(['all all own'])
    })
  })

  describe('a kustomization', () => {
    const base = { 'base/kustomization.yaml': 'resources: [c.yaml]\n', 'base/c.yaml': config('1', 'c') }

    it('A4.3 brings its bases and components, whatever folder they are in, and depends on exactly what it read', async () => {
      const files = {
        ...base,
        'base/unused.yaml': 'x',
        'parts/kustomization.yaml':
          'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{ path: p.yaml }]\n',
        'parts/p.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { v: "2" }\n',
        'apps/eu/kustomization.yml': 'resources: [../../base]\ncomponents: [../../parts]\nnamePrefix: eu-\n',
      }
      const rendered = await render(files, { path: 'apps/eu' })
      expect(values(rendered)).toEqual(['2'])
      expect(rendered.objects[0]?.object.metadata.name).toBe('eu-c')
      const found = rendered.reads?.filter(({ id }) => id !== '').map(({ path }) => path)
      expect(found).toEqual(['base/c.yaml', 'base/kustomization.yaml', 'parts/kustomization.yaml', 'parts/p.yaml'])
      const absent = rendered.reads?.filter(({ id }) => id === '').map(({ path }) => path)
      expect(absent).toEqual(expect.arrayContaining(['base/Kustomization', 'base/kustomization.yml']))
    })

    it('A4.3 is edited as the application says', async () => {
      const deployment =
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\nspec: { selector: { matchLabels: { a: d } }, template: { metadata: { labels: { a: d } }, spec: { containers: [{ name: m, image: "shop/web:1" }] } } }\n'
      const files = {
        'app/kustomization.yaml': 'resources: [d.yaml]\nimages: [{ name: old, newTag: x }]\n',
        'app/d.yaml': deployment,
      }
      const kustomize = {
        ...{ namePrefix: 'p-', nameSuffix: '-s', namespace: 'n', images: ['shop/web=eu.example:5000/web:2'] },
        replicas: [{ name: 'd', count: 3 }],
        commonLabels: { app: '$ARGOCD_APP_NAME' },
        commonAnnotations: { rev: '$ARGOCD_APP_REVISION' },
        patches: [
          { target: { kind: 'Deployment' }, patch: '[{ "op": "add", "path": "/spec/paused", "value": true }]' },
        ],
      }
      const { objects, problems } = await render(files, { path: 'app', kustomize })
      expect(problems).toEqual([])
      expect(objects[0]?.object).toMatchObject({
        metadata: {
          name: 'p-d-s',
          namespace: 'n',
          labels: { app: 'shop-eu' },
          annotations: { rev: '$ARGOCD_APP_REVISION' },
        },
        spec: {
          ...{ replicas: 3, paused: true },
          selector: { matchLabels: { a: 'd', app: 'shop-eu' } },
          template: { spec: { containers: [{ image: 'eu.example:5000/web:2' }] } },
        },
      })
    })

    it('C24.2 C12.3 gives each environment its own replicas, limits and image from one base, and no other image', async () => {
      const pod = 'containers: [{ name: m, image: "shop/web:1", env: [{ name: LEVEL, value: base }] }]'
      const files: Repository = {
        'base/kustomization.yaml': 'resources: [d.yaml]\n',
        'base/d.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\nspec: { replicas: 1, selector: { matchLabels: { a: d } }, template: { metadata: { labels: { a: d } }, spec: { ${pod} } } }\n`,
      }
      const environments = { dev: [1, '100m'], test: [2, '200m'], prod: [5, '2'] } as const
      for (const [name, [count, cpu]] of Object.entries(environments)) {
        const container = `[{ name: m, env: [{ name: LEVEL, value: ${name} }], resources: { limits: { cpu: "${cpu}" } } }]`
        files[`${name}/kustomization.yaml`] =
          `resources: [../base]\nreplicas: [{ name: d, count: ${count} }]\npatches: [{ path: p.yaml }]\nimages: [{ name: shop/web, newTag: "${name}-2" }]\n`
        files[`${name}/p.yaml`] =
          `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\nspec: { template: { spec: { containers: ${container} } } }\n`
      }
      const base = files['base/d.yaml']
      for (const [name, [replicas, cpu]] of Object.entries(environments)) {
        const { objects, problems } = await render(files, { path: name })
        expect(problems).toEqual([])
        const env = [{ name: 'LEVEL', value: name }]
        const containers = [{ image: `shop/web:${name}-2`, env, resources: { limits: { cpu } } }]
        expect(objects).toMatchObject([{ object: { spec: { replicas, template: { spec: { containers } } } } }])
        expect(imagesOf(objects.map(({ object }) => object))).toEqual([`shop/web:${name}-2`])
      }
      const asked = await render(files, { path: 'prod', kustomize: { images: ['shop/web=eu.example/web:3'] } })
      expect(imagesOf(asked.objects.map(({ object }) => object))).toEqual(['eu.example/web:3'])
      expect(files['base/d.yaml']).toBe(base)
    })

    it('A4.3 leaves out components that are not there when asked, and names them otherwise', async () => {
      const kustomize = { components: ['../parts'] }
      const files = { ...base, 'app/kustomization.yaml': 'resources: [../base]\n' }
      expect((await render(files, { path: 'app', kustomize })).problems[0]?.message).toMatch(/parts/)
      expect(
        values(await render(files, { path: 'app', kustomize: { ...kustomize, ignoreMissingComponents: true } })),
      ).toEqual(['1'])
    })

    it('names a base that is there and no kustomization', async () => {
      const files = { 'base/deep/x.yaml': 'x', 'app/kustomization.yaml': 'resources: [../base]\n' }
      expect((await render(files, { path: 'app' })).problems[0]?.message).toMatch(
        /unable to find one of 'kustomization.yaml'/,
      )
    })
  })
})
