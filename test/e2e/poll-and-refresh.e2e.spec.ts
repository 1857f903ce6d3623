import { setTimeout as delay } from 'node:timers/promises'
import { githubPush, runsHealthy, valueAt } from '@k8or/rig'
import { k8or, k8orJson } from './src/command'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { started } from './src/started'
import { hopsOf, untilTraced } from './src/traces'

const refresh = 'argocd.argoproj.io/refresh'

describe('test/e2e/poll-and-refresh.e2e with a short poll interval', () => {
  const mesh = useMesh({ environment: { K8OR_POLL_INTERVAL_MS: '1500' } })

  it('C108.1 A3 a push that nobody tells is applied within a poll interval; without a change nothing is applied', async () => {
    const { driver } = mesh()
    const repository = await started(driver, 'polled')
    const { after } = await repository.commit({ 'app/c.yaml': configMap('polled', '1') })
    await driver.untilApplied('polled', '1', 1500 * 1.5 + 3000)
    await driver.application('polled', (application) => runsHealthy(application, after))
    const before = await driver.hub.get('v1/ConfigMap', 'default/polled')
    await delay(4_000)
    const now = await driver.hub.get('v1/ConfigMap', 'default/polled')
    expect(now?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion)
    const application = await driver.hub.get('argoproj.io/v1alpha1/Application', 'argocd/polled')
    expect(valueAt(application, 'status.history')).toHaveLength(2)
  }, 60_000)
})

describe('test/e2e/poll-and-refresh.e2e', () => {
  const mesh = useMesh()

  it.each(['normal', 'hard'])(
    'A3 the refresh annotation %s makes the mesh look at once, and goes away',
    async (kind) => {
      const { driver } = mesh()
      const repository = await started(driver, kind)
      const { after } = await repository.commit({ 'app/c.yaml': configMap(kind, '1') })
      await driver.hub.patch('argoproj.io/v1alpha1/Application', `argocd/${kind}`, {
        metadata: { annotations: { [refresh]: kind } },
      })
      await driver.untilApplied(kind, '1')
      const looked = await driver.application(kind, (one) => runsHealthy(one, after) && !annotated(one))
      expect(annotated(looked)).toBe(false)
    },
    60_000,
  )

  it('A3 the refresh annotation goes away when there is nothing new', async () => {
    const { driver } = mesh()
    await started(driver, 'same')
    const annotations = { [refresh]: 'normal' }
    await driver.hub.patch('argoproj.io/v1alpha1/Application', 'argocd/same', { metadata: { annotations } })
    const looked = await driver.application('same', (one) => !annotated(one))
    expect(runsHealthy(looked ?? never())).toBe(true)
  }, 60_000)

  it('A3 a refresh by command returns when the sources are fetched and rendered', async () => {
    const { driver } = mesh()
    const repository = await started(driver, 'asked')
    const { after } = await repository.commit({ 'app/c.yaml': configMap('asked', '1') })
    const ask = (...args: string[]) => k8orJson(driver, ['app', 'refresh', 'asked', ...args])
    expect(await ask()).toMatchObject({ release: '2', isNew: true, revisions: [after], problems: [] })
    await driver.untilApplied('asked', '1')
    expect(await ask()).toMatchObject({ release: '2', isNew: false })
    expect(await ask('--hard')).toMatchObject({ release: '2', isNew: false })
    await repository.commit({ 'app/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: [' })
    const broken = await k8or(driver, ['app', 'refresh', 'asked'])
    expect(broken).toMatchObject({ code: 1, out: expect.stringContaining('c.yaml') })
  }, 60_000)

  it('C100.1 C132.6 a delivery that comes again is taken once', async () => {
    const { driver } = mesh()
    const repository = await started(driver, 'again')
    const { before = '', after } = await repository.commit({ 'app/c.yaml': configMap('again', '1') })
    const webhook = githubPush(
      { repoUrl: repository.url, before, after },
      driver.value('K8OR_WEBHOOK_SECRET'),
      'one-id',
    )
    const tell = () => driver.people.post(driver.value('K8OR_WEBHOOK_URL'), webhook.body, webhook.headers)
    const answers = await Promise.all([tell(), tell(), tell()])
    await driver.untilApplied('again', '1')
    answers.push(await tell())
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const taken = answers.filter(({ body }) => JSON.stringify(body).includes('accepted'))
    expect(taken).toHaveLength(1)
    const hops = await untilTraced(driver, after, 'sync.finished')
    for (const fact of ['delivery.received', 'revision.observed', 'release.rendered', 'sync.finished'])
      expect(hops.filter((hop) => hop.fact === fact)).toHaveLength(1)
  }, 60_000)

  it('C100.1 deliveries under different ids about one commit announce its revision once', async () => {
    const { driver } = mesh()
    const repository = await started(driver, 'twice')
    const push = await repository.commit({ 'app/c.yaml': configMap('twice', '1') })
    await Promise.all([repository.tell(push), repository.tell(push)])
    await driver.untilApplied('twice', '1')
    await untilTraced(driver, push.after, 'sync.finished')
    await repository.tell(push)
    await delay(1_000)
    const hops = await hopsOf(driver, push.after)
    expect(hops.filter(({ fact }) => fact === 'revision.observed')).toHaveLength(1)
    expect(hops.filter(({ fact }) => fact === 'sync.started')).toHaveLength(1)
  }, 60_000)
})

function annotated(application: unknown): boolean {
  const annotations = valueAt(application, 'metadata.annotations') as Record<string, string> | undefined
  return annotations?.[refresh] !== undefined
}

function never(): never {
  throw new Error('there is no such application')
}
