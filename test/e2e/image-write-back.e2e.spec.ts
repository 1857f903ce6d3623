import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Images } from '@k8or/contracts/rpc/chartstore/v1/images'
import { eventually, git } from '@k8or/rig'
import { ImageDesk } from './src/image-desk'

const manifest = (image: string, name = 'web') => `# ${name}, by hand
apiVersion: v1
kind: Pod
metadata: {name: ${name}}   # inline
spec:
  containers:
  - name: web
    image: "${image}" # the image
`

describe('test/e2e/image-write-back.e2e', () => {
  let desk: ImageDesk
  beforeAll(async () => {
    desk = await ImageDesk.start()
  }, 90_000)
  afterAll(() => desk.stop(), 30_000)

  /** An application whose policy has been looked at, so that what is pushed from now on is judged. */
  const open = async (name: string, files: Record<string, string>, policy: Record<string, string>) => {
    const repository = await desk.repository(name, files)
    await desk.declare(name, repository.url, policy)
    await desk.released(name)
    const contains = (path: string, text: string) => {
      const same = async () => (await repository.read(path).catch(() => '')).trimEnd() === text.trimEnd() || undefined
      return eventually(same, { what: `${path} of ${name}` })
    }
    return { ...repository, contains }
  }

  it('writes a pushed image into the manifest, with everything else as it was (A18)', async () => {
    const image = 'ghcr.io/shop/plain'
    const files = { 'app/pod.yaml': manifest(`${image}:1.0.0`) }
    const repository = await open('plain', files, { 'image-list': `web=${image}:~1` })
    const cause = await desk.pushImage(`${image}:1.1.0`)
    await repository.contains('app/pod.yaml', manifest(`${image}:1.1.0`))
    const considered = await desk.decision('plain', 'selected')
    expect(considered).toMatchObject({
      ...{ causes: [cause], correlationId: cause, actor: 'policy:image-update' },
      data: {
        tag: '1.1.0',
        edits: [
          { file: 'app/pod.yaml', field: 'spec.containers[0].image', from: `${image}:1.0.0`, to: `${image}:1.1.0` },
        ],
      },
    })
    const message = await repository.message()
    expect(message).toContain(`update ${image} to 1.1.0\n\n- plain: ${image} from ${image}:1.0.0 to 1.1.0`)
    expect(message).toContain(`K8or-Cause: ${considered.id}`)
    expect(await repository.subjects()).toHaveLength(2)
  }, 60_000)

  it('says once why no policy admits an image, and leaves the manifest (A18)', async () => {
    const image = 'ghcr.io/shop/refused'
    const files = { 'app/pod.yaml': manifest(`${image}:1.0.0`) }
    const repository = await open('refused', files, { 'image-list': `${image}:~1.0` })
    await desk.pushImage(`${image}:7.0.0`)
    const { data } = await desk.decision('refused', 'refused', '7.0.0')
    expect(data.reason).toBe(
      `${image}:7.0.0 is not admitted by the policy of ghcr.io_shop_refused (semver ~1.0): ~1.0 does not admit 7.0.0; push a tag that is admitted, or change the annotations`,
    )
    await desk.pushImage(`${image}:1.0.5`)
    await repository.contains('app/pod.yaml', manifest(`${image}:1.0.5`))
    await desk.pushImage(`${image}:1.0.6`, { letter: 'b', firstLetter: 'a', ordinal: 2 })
    const again = await desk.decision('refused', 'refused', '1.0.6')
    expect(again.data.reason).toContain('1.0.6 was pushed again with another digest; push a new tag')
    expect(desk.considered('refused').filter(({ data: { tag } }) => tag === '7.0.0')).toHaveLength(1)
    expect(await repository.subjects()).toHaveLength(2)
  }, 60_000)

  it('writes kustomizations, values and parameters where the annotations say so (A18)', async () => {
    const kustomization = 'resources: [pod.yaml]\nimages: # ours\n- name: ghcr.io/shop/web\n  newTag: "1.0"\n'
    const target = { 'image-list': 'web=ghcr.io/shop/web', 'write-back-target': 'kustomization:overlay' }
    const overlay = await open(
      'overlay',
      { 'app/c.yaml': manifest('nginx'), 'app/overlay/kustomization.yaml': kustomization },
      target,
    )
    await desk.pushImage('ghcr.io/shop/web:1.1')
    await overlay.contains('app/overlay/kustomization.yaml', kustomization.replace('1.0', '1.1'))

    const values = 'web: # of the chart\n  image: { repository: ghcr.io/shop/api, tag: v1.0.0 }\n'
    const helm = { 'image-list': 'api=ghcr.io/shop/api', 'api.helm.image-tag': 'web.image.tag' }
    const files = { 'app/c.yaml': manifest('nginx'), 'values/prod.yaml': values }
    const chart = await open('values', files, {
      ...helm,
      'write-back-target': 'helmvalues:/values/prod.yaml',
      'api.force-update': 'true',
    })
    await desk.pushImage('ghcr.io/shop/api:v1.1.0')
    await chart.contains('values/prod.yaml', values.replace('v1.0.0', 'v1.1.0'))
  }, 60_000)

  it('writes all images that wait for one branch in one commit, two of one file too', async () => {
    const two = `${manifest('ghcr.io/two/a:1.0.0')}  - name: b\n    image: ghcr.io/two/b:1.0.0\n`
    const repository = await open('two', { 'app/pod.yaml': two }, { 'image-list': 'ghcr.io/two/a,ghcr.io/two/b' })
    await desk.stopChartStore()
    await desk.pushImage('ghcr.io/two/a:1.1.0')
    await desk.pushImage('ghcr.io/two/b:1.2.0')
    await desk.startChartStore()
    await repository.contains('app/pod.yaml', two.replace('a:1.0.0', 'a:1.1.0').replace('b:1.0.0', 'b:1.2.0'))
    expect(await repository.subjects()).toEqual(['update 2 images', expect.any(String)])
    expect(await repository.message()).toContain('- two: ghcr.io/two/b from ghcr.io/two/b:1.0.0 to 1.2.0')
  }, 60_000)

  it('respects a hold until it is released, and what people took back', async () => {
    const image = 'ghcr.io/shop/held'
    const policy = { 'image-list': `web=${image}` }
    const repository = await open('held', { 'app/pod.yaml': manifest(`${image}:1.0.0`) }, policy)
    const hold = { actor: 'user:ann', reason: 'it was bad', since: '' }
    await desk.declare('held', repository.url, policy, { hold })
    await desk.pushImage(`${image}:1.1.0`)
    const { data } = await desk.decision('held', 'held')
    expect(data.reason).toBe('held is held by user:ann (it was bad): 1.1.0 is written once it is released')
    expect(await repository.subjects()).toHaveLength(1)
    await desk.declare('held', repository.url, policy)
    await repository.contains('app/pod.yaml', manifest(`${image}:1.1.0`))
    await desk.seen('held', `${image}:1.1.0`)

    await repository.commit({ 'app/pod.yaml': manifest(`${image}:1.0.0`) })
    await desk.declare('held', repository.url, policy, { refresh: 'normal@1' })
    const back = await desk.decision('held', 'held', '1.1.0', /took it back/)
    expect(back.data.reason).toMatch(
      /^1.1.0 was written by commit [0-9a-f]{8} and 1.0.0 is there now: whoever took it back is respected/,
    )
    await desk.pushImage(`${image}:1.2.0`)
    await repository.contains('app/pod.yaml', manifest(`${image}:1.2.0`))
    expect(await repository.subjects()).toHaveLength(4)
  }, 60_000)

  it('names what can not be written, with the next step', async () => {
    const image = 'ghcr.io/shop/failed'
    const method = await open(
      'method',
      { 'app/pod.yaml': manifest(`${image}:1.0.0`) },
      { 'image-list': image, 'write-back-method': 'argocd' },
    )
    expect((await desk.decision('method', 'failed')).data.reason).toMatch(
      /write-back-method: "argocd" .* is not supported: write git$/,
    )
    await open('nowhere', { 'app/pod.yaml': manifest('nginx:1') }, { 'image-list': image })
    const refuses = await open('protected', { 'app/pod.yaml': manifest(`${image}:1.0.0`) }, { 'image-list': image })
    const hook = join(refuses.repo, 'hooks', 'pre-receive')
    writeFileSync(hook, '#!/bin/sh\necho "main is protected" >&2\nexit 1\n')
    chmodSync(hook, 0o755)
    await desk.pushImage(`${image}:1.1.0`)
    const nowhere = await desk.decision('nowhere', 'failed')
    expect(nowhere.data.reason).toBe(
      `no file of app names ${image}: name it there, or take it out of the annotation image-list`,
    )
    const { data } = await desk.decision('protected', 'failed')
    expect(data.reason).toContain(`${image}:1.1.0 can not be written to ${refuses.url}: `)
    expect(data.reason).toContain('main is protected')
    expect(await method.subjects()).toHaveLength(1)
  }, 60_000)

  it('does nothing twice when it is stopped and started, and tells of its policies', async () => {
    const image = 'ghcr.io/shop/again'
    const repository = await open(
      'again',
      { 'app/pod.yaml': manifest(`${image}:1.0.0`) },
      { 'image-list': `web=${image}:1.x` },
    )
    await desk.pushImage(`${image}:1.1.0`)
    await repository.contains('app/pod.yaml', manifest(`${image}:1.1.0`))
    await desk.seen('again', `${image}:1.1.0`)
    const said = desk.considered('again').length
    await desk.stopChartStore()
    await desk.startChartStore()
    await desk.pushImage(`${image}:9.0.0`)
    await desk.decision('again', 'refused', '9.0.0')
    expect(await git(['-C', repository.repo, 'rev-list', '--count', 'main'])).toBe('2')
    expect(desk.considered('again')).toHaveLength(said + 1)
    const calls = desk.bench.calls.as('spiffe://k8or.mesh/svc/accesspoint')
    const { policies } = await calls.to('chartstore', Images).listPolicies({ namespace: 'argocd', name: 'again' })
    expect(policies).toMatchObject([
      { alias: 'web', image, constraint: '1.x', current: '1.1.0', newest: '9.0.0', outcome: 'refused', tag: '9.0.0' },
    ])
    const outcomes = policies[0]?.decisions.map(({ outcome, tag }) => `${outcome} ${tag}`)
    expect(outcomes).toEqual(['refused 9.0.0', 'selected 1.1.0'])
  }, 60_000)
})
