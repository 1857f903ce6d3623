import fc from 'fast-check'
import type { KubeObject } from './kube-object'
import { maskSecrets } from './mask-secrets'

const secret = (data: Record<string, string>, more: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  ...more,
})

describe('libs/kube-objects/src/mask-secrets', () => {
  it('hides values, and shows which differ by the length of the mask', () => {
    const [live, desired] = maskSecrets([secret({ a: 'one', b: 'x' }), secret({ a: 'two', b: 'x' })])
    expect(live?.['data']).toEqual({ a: '++++++++', b: '++++++++' })
    expect(desired?.['data']).toEqual({ a: '++++++++++++', b: '++++++++' })
  })

  it('takes stringData and data of one value for the same', () => {
    const plain = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'one' } }
    const [live, desired] = maskSecrets<KubeObject>([secret({ a: 'one' }), plain])
    expect(live?.['data']).toEqual(desired?.['stringData'])
  })

  it('hides the last applied configuration', () => {
    const metadata = {
      name: 's',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"b25l"}}' },
    }
    const [live] = maskSecrets([secret({}, { metadata })])
    expect(JSON.stringify(live)).not.toContain('b25l')
  })

  it('leaves everything else as it is', () => {
    const other: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'one' } }
    expect(maskSecrets([other, undefined])).toEqual([other, undefined])
  })

  it('shows nothing of a Secret, whatever its data looks like', () => {
    const text = fc.string().map((more) => `canary${more}`)
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.array(tie('value')),
        fc.dictionary(fc.constantFrom('a', 'b', 'toString'), tie('value')),
      ),
    }))
    fc.assert(
      fc.property(value, value, (given, stringData) => {
        const data: unknown = JSON.parse(JSON.stringify(given))
        const states = [secret({}, { data, stringData }), secret({ a: 'x' }, { stringData })]
        expect(JSON.stringify(maskSecrets(states))).not.toContain('canary')
      }),
    )
  })
})
