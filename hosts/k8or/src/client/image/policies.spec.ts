import { create } from '@bufbuild/protobuf'
import { ImagePolicySchema } from '@k8or/contracts/rpc/chartstore/v1/images'
import pc from 'picocolors'
import { policiesAnswer } from './policies'

const look = { isWide: false, colors: pc.createColors(false) }

describe('hosts/k8or/src/client/image/policies', () => {
  it('tells what runs, what was pushed last, and why it is so', () => {
    const policy = create(ImagePolicySchema, {
      ...{ alias: 'web', image: 'ghcr.io/shop/web', strategy: 'semver', constraint: '~1', current: '1.0.0' },
      ...{ newest: '2.0.0', outcome: 'refused', tag: '2.0.0', reason: '~1 does not admit 2.0.0', decidedAt: '' },
    })
    expect(`\n${policiesAnswer([policy]).table(look)}\n`).toBe(`
ALIAS   IMAGE              POLICY      CURRENT   NEWEST   DECISION        AT
web     ghcr.io/shop/web   semver ~1   1.0.0     2.0.0    refused 2.0.0

web: ~1 does not admit 2.0.0
`)
    expect(policiesAnswer([]).table(look)).toMatch(/^no image policies/)
  })
})
