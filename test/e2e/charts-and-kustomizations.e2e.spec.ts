import { runsHealthy, valueAt, type KubeObject } from '@k8or/rig'
import { condition, conditionsOf } from './src/conditions'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { hopsOf, untilTraced } from './src/traces'

const chart = (template: string) => ({
  'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'charts/shop/values.yaml': 'colour: red\nsize: small\n',
  'charts/shop/templates/config.yaml': template,
  'charts/shop/templates/test.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop-test\n  annotations: { helm.sh/hook: test }\nspec: { containers: [{ name: t, image: t }] }\n',
})

const template = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-config" }
data:
  value: "{{ .Values.colour }} {{ .Values.size }} {{ .Values.count }}"
  kubernetes: "{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "argoproj.io/v1alpha1/Application" }}"
`

const overlay = (base: string, prefix: string) => `resources: [../../${base}]\nnamePrefix: ${prefix}-\n`
const base = (name: string) => ({
  [`bases/${name}/kustomization.yaml`]: 'resources: [config.yaml]\n',
  [`bases/${name}/config.yaml`]: configMap(name, '1'),
})

describe('test/e2e/charts-and-kustomizations.e2e', () => {
  const mesh = useMesh()
  const config = (name: string) => mesh().driver.hub.get('v1/ConfigMap', `default/${name}`)
  const healthy = (name: string, revision?: string) =>
    mesh().driver.application(name, (one: KubeObject) => runsHealthy(one, revision), 60_000)

  it('A4.2 renders a chart with its value files and parameters for the version of its cluster', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('chart')
    const { after } = await repository.commit({ ...chart(template), 'envs/prod.yaml': 'colour: blue\n' })
    const helm = { valueFiles: ['/envs/prod.yaml'], parameters: [{ name: 'count', value: '3' }], releaseName: 'eu' }
    await driver.declare({ name: 'chart', repoUrl: repository.url, path: 'charts/shop', source: { helm } })
    await healthy('chart', after)
    expect(valueAt(await config('eu-config'), 'data')).toEqual({
      value: 'blue small 3',
      kubernetes: expect.stringMatching(/^v1\.\d+\.\d+ true$/) as string,
    })
    expect(await driver.hub.get('v1/Pod', 'default/shop-test')).toBeUndefined()
    const pushed = await repository.push({ 'envs/prod.yaml': 'colour: green\n' })
    await healthy('chart', pushed)
    expect(valueAt(await config('eu-config'), 'data.value')).toBe('green small 3')
  }, 120_000)

  it('a chart that does not render gives one clear condition, keeps what runs, and is cured by a push', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('broken-chart')
    await repository.commit(chart(template))
    await driver.declare({ name: 'broken-chart', repoUrl: repository.url, path: 'charts/shop' })
    await healthy('broken-chart')
    await repository.push(chart(`${template}  more: {{ required "set colours.main" .Values.colours }}\n`))
    const told = await condition(driver, 'broken-chart', 'ComparisonError')
    expect(told).toMatch(/shop\/templates\/config\.yaml:7.*set colours\.main/)
    const application = await driver.application('broken-chart', (one) => conditionsOf(one).length > 0)
    expect(conditionsOf(application)).toHaveLength(1)
    expect(await config('broken-chart-config')).toBeDefined()
    const cured = await repository.push(chart(template.replace('small', 'large')))
    expect(conditionsOf(await healthy('broken-chart', cured))).toEqual([])
  }, 120_000)

  it('A4.3 a push to a base renders exactly the overlays that use it', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('overlays')
    await repository.commit({
      ...base('one'),
      ...base('two'),
      'apps/a/kustomization.yaml': overlay('bases/one', 'a'),
      'apps/b/kustomization.yaml': overlay('bases/one', 'b'),
      'apps/c/kustomization.yaml': overlay('bases/two', 'c'),
    })
    for (const name of ['a', 'b', 'c'])
      await driver.declare({ name: `overlay-${name}`, repoUrl: repository.url, path: `apps/${name}` })
    for (const name of ['a', 'b', 'c']) await healthy(`overlay-${name}`)
    const pushed = await repository.push({ 'bases/one/config.yaml': configMap('one', '2') })
    const isTwo = (object: KubeObject | undefined) => valueAt(object, 'data.value') === '2'
    await Promise.all(['a-one', 'b-one'].map((name) => driver.hub.watchUntil('v1/ConfigMap', `default/${name}`, isTwo)))
    await Promise.all(['overlay-a', 'overlay-b'].map((name) => healthy(name, pushed)))
    await untilTraced(driver, pushed, 'sync.finished')
    const releases = (await hopsOf(driver, pushed)).filter(({ fact }) => fact === 'release.rendered')
    expect(releases.map(({ application }) => application).sort()).toEqual(['argocd/overlay-a', 'argocd/overlay-b'])
    expect(valueAt(await config('c-two'), 'data.value')).toBe('1')
  }, 120_000)
})
