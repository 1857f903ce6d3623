import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { removeDir, repositoryRoot, tempDir } from '@k8or/rig'

const run = promisify(execFile)
const url = 'https://git.example.com/shop.git'
const config = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { v: "${value}" }\n`

describe('hosts/k8or/src/client/offline/render.rig', () => {
  const dir = tempDir('offline-render')
  afterAll(() => removeDir(dir))

  const files = (contents: Record<string, string>): void => {
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
  }
  const render = async (source: string, ...flags: string[]) => {
    files({
      'app.yaml': `kind: Application\nmetadata: { name: shop }\nspec: { source: { repoURL: "${url}", ${source} } }\n`,
    })
    const given = [
      'render',
      '-f',
      join(dir, 'app.yaml'),
      '--source',
      `${url}=${join(dir, 'repo')}`,
      '-o',
      'json',
      ...flags,
    ]
    const { stdout } = await run(join(repositoryRoot, 'bin/k8or'), given)
    return JSON.parse(stdout) as {
      objects: { metadata: { name: string }; data: { v: string } }[]
      inputs: { path: string }[]
    }
  }

  it('A4.2 renders a chart as the mesh would, for a version of Kubernetes', async () => {
    files({
      'repo/chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
      'repo/chart/templates/a.yaml': config('a', '{{ .Values.v }} {{ .Capabilities.KubeVersion.Version }}'),
      'repo/prod.yaml': 'v: prod\n',
      'repo/unused.yaml': 'v: unused\n',
    })
    const { objects, inputs } = await render(
      'path: chart, helm: { valueFiles: [/prod.yaml] }',
      '--kube-version',
      '1.30.1',
    )
    expect(objects.map(({ data }) => data.v)).toEqual(['prod v1.30.1'])
    expect(inputs.map(({ path }) => path)).toEqual(['chart/Chart.yaml', 'chart/templates/a.yaml', 'prod.yaml'])
  })

  it('A4.3 renders a kustomization with bases beside it', async () => {
    files({
      'repo/base/kustomization.yaml': 'resources: [c.yaml]\n',
      'repo/base/c.yaml': config('c', '1'),
      'repo/eu/kustomization.yaml': 'resources: [../base]\nnamePrefix: eu-\n',
    })
    const { objects } = await render('path: eu')
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['eu-c'])
  })

  it('says what is wrong with a chart', async () => {
    files({ 'repo/chart/templates/b.yaml': '{{ required "give .Values.b" .Values.b }}' })
    await expect(render('path: chart')).rejects.toThrow(/shop\/templates\/b\.yaml:1.*give \.Values\.b/)
  })
})
