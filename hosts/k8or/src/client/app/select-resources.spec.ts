import { create } from '@bufbuild/protobuf'
import { ResourceSchema, type Resource } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { selectResources } from './select-resources'

const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }
const settings = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'settings' }
const objects = (): Promise<Resource[]> => Promise.resolve([web, settings].map((one) => create(ResourceSchema, one)))

describe('hosts/k8or/src/client/app/select-resources', () => {
  it('A8.7 reads group, kind and name, with or without the namespace', async () => {
    expect(await selectResources(['apps:Deployment:web', ':ConfigMap:shop/settings'], objects)).toEqual([
      { ...web, namespace: '' },
      settings,
    ])
    expect(await selectResources([], objects)).toEqual([])
  })

  it('A8.7 leaves out what is named with an exclamation mark', async () => {
    expect(await selectResources(['!apps:Deployment:web'], objects)).toEqual([settings])
    expect(
      await selectResources([':ConfigMap:settings', '!:ConfigMap:shop/settings', 'apps:Deployment:web'], objects),
    ).toEqual([{ ...web, namespace: '' }])
  })

  it('says how an object is named, and when none is left', async () => {
    await expect(selectResources(['web'], objects)).rejects.toThrow('"web" names no object')
    await expect(selectResources(['!apps:Deployment:web', '!:ConfigMap:settings'], objects)).rejects.toThrow(
      'no object is left',
    )
  })
})
