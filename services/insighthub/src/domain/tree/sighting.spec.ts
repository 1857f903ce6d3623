import { isOfInterest, sight, type SeenObject } from './sighting'

const object = (more: Partial<SeenObject['metadata']>, kind = 'Deployment', apiVersion = 'apps/v1'): SeenObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop', uid: 'u', ...more },
})
const labels = { 'k8or.dev/application': 'app-1' }
const tracked = (id: string) => ({ labels, annotations: { 'argocd.argoproj.io/tracking-id': id } })
const owner = [{ uid: 'o', controller: true }]

describe('services/insighthub/src/domain/tree/sighting', () => {
  it('keeps no more than is needed, whatever the size of the object', () => {
    const filler = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`key-${at}`, 'x'.repeat(20)]))
    const large = {
      ...object({ labels, annotations: filler, generation: 3 }),
      spec: { template: { spec: { containers: [{ image: 'shop/web:1' }] } } },
      status: filler,
    }
    const kept = sight(large)
    expect(JSON.stringify(kept).length).toBeLessThan(6 * 1024)
    expect(kept).toMatchObject({ uid: 'u', generation: 3, application: 'app-1', images: ['shop/web:1'], counts: true })
  })

  it.each<[string, SeenObject, string]>([
    ['its label alone', object({ labels }), 'app-1'],
    ['its own tracking id', object(tracked('shop:apps/Deployment:shop/web')), 'app-1'],
    ['a core tracking id', object(tracked('shop:/Service:shop/web'), 'Service', 'v1'), 'app-1'],
    ['what a controller copied from its owner', object(tracked('shop:apps/Deployment:shop/web'), 'ReplicaSet'), ''],
    [
      'a label that a controller copied',
      object({ labels, ownerReferences: owner }, 'EndpointSlice', 'discovery.k8s.io/v1'),
      '',
    ],
    ['no label', object({}), ''],
  ])('knows whose an object is by %s', (_, seen, application) => {
    expect(sight(seen).application).toBe(application)
  })

  it.each([
    [{ 'argocd.argoproj.io/ignore-healthcheck': 'true' }, false],
    [{ 'argocd.argoproj.io/hook': 'PreSync' }, false],
    [{ 'helm.sh/hook': 'post-install' }, false],
    [{ 'helm.sh/hook': 'crd-install' }, true],
    [{}, true],
  ])('leaves hooks and what asks for it out of the health of the whole: %j', (annotations, counts) => {
    expect(sight(object({ annotations })).counts).toBe(counts)
  })

  it('is interested in what is managed or owned', () => {
    expect(
      [object({}), object({ labels }), object({ ownerReferences: owner })].map((seen) => isOfInterest(sight(seen))),
    ).toEqual([false, true, true])
  })
})
