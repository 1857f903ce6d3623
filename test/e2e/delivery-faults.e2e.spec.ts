import { git, RegistryClient, readFileAt, runsHealthy, valueAt, type DrivenRepository } from '@k8or/rig'
import { Bystander } from './src/bystander'
import { k8or, k8orJson } from './src/command'
import { condition, conditionsOf } from './src/conditions'
import { decided, decisionsOf } from './src/decisions'
import { warnings } from './src/log-lines'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

const updater = 'argocd-image-updater.argoproj.io'

interface Policy {
  readonly current: string
  readonly outcome: string
  readonly tag: string
  readonly reason: string
}

const chart = (template: string) => ({
  'app/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'app/values.yaml': 'colour: red\n',
  'app/templates/config.yaml': template,
})
const template = configMap('charted', 'x').replace('"x"', '"{{ .Values.colour }}"')

describe('test/e2e/delivery-faults.e2e', () => {
  const mesh = useMesh({ registry: true, environment: { K8OR_REGISTRY_INTERVAL_MS: '1000' } })
  let registry: RegistryClient
  let others: Bystander

  beforeAll(async () => {
    const { driver, mesh: running } = mesh()
    registry = new RegistryClient(await running.registry())
    const { username, password } = registry.access
    const metadata = { name: 'pull', namespace: 'argocd' }
    const stringData = { login: `${username}:${password}` }
    await driver.hub.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData })
    others = await Bystander.start(driver)
  }, 90_000)
  afterAll(() => registry.close())

  const nameOf = (repository: string) => `${registry.access.host}/shop/${repository}`

  const pushImage = (repository: string, tag: string) =>
    registry.push(`shop/${repository}`, tag, { files: { version: tag } })

  /** An Application that runs what it was told to, and whose images a policy follows. */
  const followed = async (name: string, images: Readonly<Record<string, string>>, files: Record<string, string>) => {
    const { driver } = mesh()
    const annotations = {
      [`${updater}/image-list`]: Object.entries(images)
        .map(([image, constraint]) => `${image}=${nameOf(image)}:${constraint}`)
        .join(','),
      ...Object.fromEntries(
        Object.keys(images).map((image) => [`${updater}/${image}.pull-secret`, 'secret:argocd/pull#login']),
      ),
    }
    return driver.deploy(name, files, { annotations })
  }

  const policyOf = async (name: string): Promise<Policy | undefined> =>
    (await k8orJson<Policy[]>(mesh().driver, ['image', 'policies', name]))[0]

  const runs = (name: string, image: string, container = 0) => {
    const path = `spec.template.spec.containers.${String(container)}.image`
    const isNew = (object: unknown) => valueAt(object, path) === image
    return mesh().driver.hub.watchUntil('apps/v1/Deployment', `default/${name}`, isNew, 30_000)
  }

  const theOnlyLine = (pattern: RegExp) => {
    const found = warnings(mesh().mesh).filter(({ msg, reason }) => pattern.test(`${msg} ${String(reason)}`))
    expect(found).toHaveLength(1)
    return found[0]
  }

  const subjects = async ({ path }: DrivenRepository) =>
    (await git(['-C', path, 'log', '--format=%s', 'main'])).split('\n')

  it('a chart that does not render: the template and its line are named everywhere, what runs stays, a push cures', async () => {
    const { driver } = mesh()
    const repository = await driver.deploy('charted', chart(template))
    await repository.push(chart(`${template}  more: {{ required "set colours.main" .Values.colours }}\n`))
    const wrong = /templates\/config\.yaml:7.*set colours\.main/
    expect(await condition(driver, 'charted', 'ComparisonError')).toMatch(wrong)
    await others.goesOn()
    const line = theOnlyLine(wrong)
    expect(line).toMatchObject({ name: 'chartstore', application: 'argocd/charted' })
    const { out } = await k8or(driver, ['why', 'charted'])
    expect(out).toMatch(wrong)
    expect((await driver.hub.get('v1/ConfigMap', 'default/charted'))?.data).toEqual({ value: 'red' })
    const cured = await repository.push({ 'app/templates/config.yaml': template, 'app/values.yaml': 'colour: blue\n' })
    const application = await driver.application('charted', (one) => runsHealthy(one, cured), 30_000)
    expect(conditionsOf(application)).toEqual([])
    expect((await driver.hub.get('v1/ConfigMap', 'default/charted'))?.data).toEqual({ value: 'blue' })
  }, 120_000)

  it('A18 an image that no policy admits: which rule, which tag and what to do; the next one that is admitted runs', async () => {
    const { driver } = mesh()
    const image = nameOf('strict')
    const files = { 'app/web.yaml': deployment('strict', `${image}:1.0.0`, 0) }
    await pushImage('strict', '1.0.0')
    const repository = await followed('strict', { strict: '~1.0' }, files)
    await pushImage('strict', '7.0.0')
    const reason = /strict:7\.0\.0 is not admitted by the policy of strict \(semver ~1\.0\): .*; push a tag/
    await decided(driver, 'strict', 'image refused', reason)
    expect(await policyOf('strict')).toMatchObject({ current: '1.0.0', outcome: 'refused', tag: '7.0.0' })
    expect(theOnlyLine(reason)).toMatchObject({ application: 'argocd/strict', image, tag: '7.0.0' })
    const { out } = await k8or(driver, ['trace', '--image', `${image}:7.0.0`, '-o', 'table'])
    expect(out).toMatch(/image\.considered .*7\.0\.0 refused: /)
    await others.goesOn()
    expect(await subjects(repository)).toHaveLength(1)
    await pushImage('strict', '1.0.1')
    await runs('strict', `${image}:1.0.1`)
    expect(await policyOf('strict')).toMatchObject({ outcome: 'selected', tag: '1.0.1' })
  }, 120_000)

  it('A18 a tag that vanished: what names it is said once, nothing changes, and a newer tag is taken', async () => {
    const image = nameOf('fleeting')
    const files = { 'app/web.yaml': deployment('fleeting', `${image}:1.0.0`, 0) }
    await pushImage('fleeting', '1.0.0')
    const repository = await followed('fleeting', { fleeting: '~1' }, files)
    await pushImage('fleeting', '1.1.0')
    await runs('fleeting', `${image}:1.1.0`)
    await registry.removeTag('shop/fleeting', '1.1.0')
    const reason = /fleeting:1\.1\.0 is named by the files, and the registry does not have it: .*; push it again/
    await decided(mesh().driver, 'fleeting', 'image failed', reason)
    expect(await policyOf('fleeting')).toMatchObject({ current: '1.1.0', outcome: 'failed', tag: '1.1.0' })
    await others.goesOn()
    expect(theOnlyLine(reason)).toMatchObject({ application: 'argocd/fleeting', image, tag: '1.1.0' })
    expect(await readFileAt(repository.path, 'app/web.yaml')).toContain(`${image}:1.1.0`)
    await pushImage('fleeting', '1.2.0')
    await runs('fleeting', `${image}:1.2.0`)
  }, 120_000)

  it('A18 a lost push race: both commits are there, whichever file the other one changed, and the trace tells of it', async () => {
    const { driver } = mesh()
    const image = nameOf('raced')
    const web = (tag: string) => deployment('raced', `${image}:${tag}`, 0)
    const repository = await followed('raced', { raced: '~1' }, { 'app/web.yaml': web('1.0.0') })
    // Nobody tells the mesh: it learns of these commits when its own push is refused.
    await repository.commit({ 'app/c.yaml': configMap('raced', 'theirs') }, 'theirs')
    await pushImage('raced', '1.1.0')
    await runs('raced', `${image}:1.1.0`)
    await driver.untilApplied('raced', 'theirs')
    await others.goesOn()
    const { out } = await k8or(driver, ['trace', 'raced', '-o', 'wide'])
    expect(out).toMatch(/commit\.pushed.*, after 1 lost race/)
    await repository.commit({ 'app/web.yaml': `# theirs\n${web('1.1.0')}` }, 'theirs too')
    await pushImage('raced', '1.2.0')
    await runs('raced', `${image}:1.2.0`)
    expect((await readFileAt(repository.path, 'app/web.yaml')).trimEnd()).toBe(`# theirs\n${web('1.2.0')}`.trimEnd())
    expect(await subjects(repository)).toEqual([
      `update ${image} to 1.2.0`,
      'theirs too',
      `update ${image} to 1.1.0`,
      'theirs',
      'change',
    ])
  }, 120_000)

  it('A18 two images for one file at once: both are written, and nothing else of it changes', async () => {
    const { driver } = mesh()
    const pair = (one: string, other: string) =>
      deployment('pair', `${nameOf('one')}:${one}`, 0).replace(
        ' }] }',
        ` }, { name: side, image: "${nameOf('other')}:${other}" }] } # both`,
      )
    const repository = await followed('pair', { one: '~1', other: '~2' }, { 'app/web.yaml': pair('1.0.0', '2.0.0') })
    await Promise.all([pushImage('one', '1.1.0'), pushImage('other', '2.1.0')])
    await Promise.all([runs('pair', `${nameOf('one')}:1.1.0`), runs('pair', `${nameOf('other')}:2.1.0`, 1)])
    expect((await readFileAt(repository.path, 'app/web.yaml')).trimEnd()).toBe(pair('1.1.0', '2.1.0').trimEnd())
    expect((await subjects(repository)).length).toBeLessThanOrEqual(3)
    const isDone = (one: unknown) => JSON.stringify(valueAt(one, 'status.summary.images') ?? '').includes(':2.1.0')
    await driver.application('pair', (one) => runsHealthy(one) && isDone(one), 30_000)
    const decisions = await decisionsOf(driver, 'pair')
    expect(decisions.filter(({ decision }) => decision === 'image selected')).toHaveLength(2)
    await others.goesOn()
  }, 120_000)
})
