import { checkRunnable } from './check-runnable'
import type { ManifestObject } from './rendering'

const object = (kind: string, spec: object | undefined, apiVersion = 'apps/v1'): ManifestObject => ({
  ...{ apiVersion, kind, metadata: { name: 'web' } },
  ...(spec ? { spec } : {}),
})
const faults = (one: ManifestObject) =>
  checkRunnable([{ file: 'web.yaml', object: one }]).map(({ field, message }) => [field, message])
const selecting = (label: string) => ({
  selector: { matchLabels: { app: 'web' } },
  template: { metadata: { labels: { app: label, tier: 'front' } } },
})

describe('services/chartstore/src/domain/render/check-runnable', () => {
  it('C24.3 refuses replicas below 0, selectors that match no pod, and Services without a port', () => {
    expect(faults(object('Deployment', { replicas: -1, ...selecting('web') }))).toEqual([
      ['spec.replicas', 'web.yaml: Deployment web: spec.replicas is -1; write 0 or more'],
    ])
    expect(faults(object('StatefulSet', selecting('wbe')))).toEqual([
      [
        'spec.selector.matchLabels',
        'web.yaml: StatefulSet web: spec.selector.matchLabels has app=web, which the pods of spec.template do not have; give them the label',
      ],
    ])
    expect(faults(object('Service', { selector: { app: 'web' } }, 'v1'))).toEqual([
      ['spec.ports', 'web.yaml: Service web: spec.ports is empty; name the ports of the pods'],
    ])
  })

  it.each([
    ['a Deployment', object('Deployment', { replicas: 0, ...selecting('web') })],
    ['one whose selector is somebody else’s', object('Deployment', { replicas: 2 })],
    ['one without a spec', object('Deployment', undefined)],
    ['one whose spec an API server has to read', object('Deployment', { replicas: '2', selector: 7 })],
    ['a Service', object('Service', { selector: { app: 'web' }, ports: [{ port: 80 }] }, 'v1')],
    ['a headless Service', object('Service', { selector: { app: 'web' }, clusterIP: 'None' }, 'v1')],
    ['a Service of another name', object('Service', { type: 'ExternalName', selector: {} }, 'v1')],
    ['a Service whose ports are somebody else’s', object('Service', { type: 'LoadBalancer' }, 'v1')],
    ['a kind of that name in another group', object('Service', { selector: {} }, 'serving.knative.dev/v1')],
  ])('lets %s be', (_, one) => {
    expect(faults(one)).toEqual([])
  })
})
