import { readFileAt, runsHealthy, valueAt } from '@k8or/rig'
import { k8orJson } from './src/command'
import { deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

const prefix = 'argocd-image-updater.argoproj.io'
const image = 'ghcr.io/shop/web'
const manifest = (tag: string) => `# the shop, by hand\n${deployment('shop', `${image}:${tag}`, 1)}# the end\n`

describe('test/e2e/image-updates.e2e', () => {
  const mesh = useMesh()

  it('A18 an image that a pipeline announces is committed to the manifests and runs, comments kept', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('shop')
    await repository.commit({ 'app/shop.yaml': manifest('1.0.0') })
    const annotations = { [`${prefix}/image-list`]: `web=${image}:~1` }
    await driver.declare({ name: 'shop', repoUrl: repository.url, path: 'app', annotations })
    await driver.application('shop', (application) => runsHealthy(application), 60_000)

    const event = {
      ...{ specversion: '1.0', id: 'run-1', source: '/ci/shop', type: 'image.built' },
      data: { image, tag: '1.1.0', digest: `sha256:${'1'.repeat(64)}` },
    }
    const answer = await driver.people.post(driver.value('K8OR_WEBHOOK_URL'), JSON.stringify(event), {
      'content-type': 'application/cloudevents+json',
      authorization: `Bearer ${driver.value('K8OR_WEBHOOK_SECRET')}`,
    })
    expect(answer.status).toBe(200)

    const path = 'spec.template.spec.containers.0.image'
    const isNew = (object: unknown) => valueAt(object, path) === `${image}:1.1.0`
    await driver.hub.watchUntil('apps/v1/Deployment', 'default/shop', isNew, 30_000)
    expect((await readFileAt(repository.path, 'app/shop.yaml')).trimEnd()).toBe(manifest('1.1.0').trimEnd())
    const summary = (application: unknown) => JSON.stringify(valueAt(application, 'status.summary.images') ?? '')
    await driver.application('shop', (one) => runsHealthy(one) && summary(one).includes(':1.1.0'), 30_000)

    const [policy] = await k8orJson<{ current: string; outcome: string; tag: string }[]>(driver, [
      ...['image', 'policies', 'shop'],
    ])
    expect(policy).toMatchObject({ alias: 'web', image, current: '1.1.0', outcome: 'selected', tag: '1.1.0' })
    const { hops } = await k8orJson<{ hops: { fact: string; summary: string }[] }>(driver, ['trace', 'shop'])
    expect(hops.map(({ fact }) => fact)).toEqual(
      expect.arrayContaining([
        'delivery.received',
        'image.built',
        'image.considered',
        'commit.pushed',
        'sync.finished',
      ]),
    )
    expect(hops.find(({ fact }) => fact === 'image.considered')?.summary).toBe(
      `${image}:1.1.0 selected: 1.1.0 is the highest of 2 versions that ~1 admits`,
    )
  }, 150_000)
})
