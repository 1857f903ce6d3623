import { kindNotServed, refusal } from './kube-error'

const ref = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
const subject = { verb: 'apply', cluster: 'staging', ref }

describe('libs/cluster-client/src/kube-error', () => {
  it.each([
    ['.stringData.password: expected string, got &value.valueUnstructured{Value:"pa}ss word"}'],
    ['.stringData.password: expected string, got &value.valueUnstructured{Value:[]interface {}{"pass word"}}'],
    ['.stringData: expected map, got &{pass word}'],
    ['data[a b]: Invalid value: "pass word": a valid config key must consist of'],
    ['error decoding from json: parsing "pass word": invalid syntax'],
  ])('C52.7 quotes no value of a Secret: %s', (message) => {
    const ref = { group: '', version: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' }
    const cause = `failed to create typed patch object (shop/db; /v1, Kind=Secret): ${message}`
    const error = refusal({ ...subject, ref }, 500, { message: cause, details: { causes: [{ message }] } })
    expect(error.message).toMatch(/^apply Secret shop\/db on cluster .*; correct Secret db in its source$/)
    expect(`${error.message} ${JSON.stringify(error.faults)}`).not.toMatch(/pass word|pa}ss/)
  })

  it('names object, cluster, cause and the next step', () => {
    const error = refusal(subject, 422, { reason: 'Invalid', message: 'spec.replicas: Invalid value: -1.' })
    expect(error.message).toBe(
      'apply Deployment shop/web on cluster staging: spec.replicas: Invalid value: -1; correct Deployment web in its source',
    )
    expect(error).toMatchObject({ status: 422, reason: 'Invalid', ref })
  })

  it('says how to get a namespace that is not there', () => {
    const error = refusal(subject, 404, { reason: 'NotFound', message: 'namespaces "shop" not found' })
    expect(error.message).toContain('create namespace shop, or set the sync option CreateNamespace=true')
  })

  it('keeps the fields that the API server found fault with', () => {
    const causes = [{ field: 'spec.ports[0].port', message: 'must be between 1 and 65535' }]
    expect(refusal(subject, 422, { reason: 'Invalid', details: { causes } }).faults).toEqual(causes)
  })

  it('leaves the next step to AccessPoint where AccessPoint says it', () => {
    const error = refusal(subject, 409, { reason: 'Fenced', message: 'release 4 is older than release 5' })
    expect(error.message).toBe('apply Deployment shop/web on cluster staging: release 4 is older than release 5')
  })

  it('tells a kind that is not served from an object that is not there', () => {
    expect(kindNotServed(subject).message).toContain(
      'serves no apps/v1 Deployment; install its CustomResourceDefinition',
    )
  })
})
