import { create } from '@bufbuild/protobuf'
import { DiffReleasesResponseSchema, ListReleasesResponseSchema } from '@k8or/contracts/rpc/chartstore/v1/releases'
import pc from 'picocolors'
import { releaseDiffAnswer, releasesAnswer } from './releases'

const look = { isWide: false, colors: pc.createColors(false) }

describe('hosts/k8or/src/client/release/releases', () => {
  it('lists what is kept', () => {
    const releases = [{ number: 5n, objects: 2, images: ['web:2'], sources: [{ revision: '0123456789abcdef' }] }]
    const text = releasesAnswer(create(ListReleasesResponseSchema, { releases })).table(look)
    expect(text).toMatch(/^RELEASE +RENDERED +REVISION +OBJECTS +IMAGES\n5 .*0123456\w* +2 +web:2/)
    expect(releasesAnswer(create(ListReleasesResponseSchema, {})).table(look)).toBe('no release is kept')
  })

  it('tells what changed, object by object', () => {
    const fields = [{ path: '.spec.image', before: '"web:1"', after: '"web:2"' }]
    const objects = [
      { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', change: 'changed', fields },
      { kind: 'ConfigMap', name: 'new', change: 'added' },
    ]
    expect(releaseDiffAnswer(create(DiffReleasesResponseSchema, { objects })).table(look)).toBe(
      'changed apps/Deployment shop/web\n  .spec.image\n    - "web:1"\n    + "web:2"\n\nadded ConfigMap new',
    )
  })
})
