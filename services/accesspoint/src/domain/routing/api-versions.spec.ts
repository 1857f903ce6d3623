import { apiVersionsIn } from './api-versions'

describe('services/accesspoint/src/domain/routing/api-versions', () => {
  it('A4.2 reads groups, versions and kinds of a discovery of all at once', () => {
    const resources = [{ resource: 'deployments', responseKind: { kind: 'Deployment' } }, { resource: 'x' }]
    const apps = { metadata: { name: 'apps' }, versions: [{ version: 'v1', resources }] }
    const core = { metadata: {}, versions: [{ version: 'v1', resources: [{ responseKind: { kind: 'Pod' } }] }] }
    expect(apiVersionsIn({ items: [apps, core] })).toEqual(['apps/v1', 'apps/v1/Deployment', 'v1', 'v1/Pod'])
  })

  it('reads groups and versions of servers that tell no more', () => {
    expect(apiVersionsIn({ kind: 'APIVersions', versions: ['v1'] })).toEqual(['v1'])
    expect(apiVersionsIn({ groups: [{ name: 'apps', versions: [{ groupVersion: 'apps/v1' }] }] })).toEqual(['apps/v1'])
  })
})
