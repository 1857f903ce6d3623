import { kindNotServed, refusal } from './kube-error'

const ref = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
const subject = { verb: 'apply', cluster: 'staging', ref }

describe('libs/cluster-client/src/kube-error', () => {
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
