import type { Work } from './work'
import { whyNotHealed, whyNotSynced } from './unsupported'

/** As much of the work as these decisions look at. */
function work(parts: {
  hooks?: (string | undefined)[]
  windows?: unknown[]
  keys?: unknown[]
  ignores?: unknown[]
}): Work {
  const objects = (parts.hooks ?? []).map((hook, index) => ({
    hook,
    ref: { group: 'batch', version: 'v1', kind: 'Job', namespace: 'shop', name: `migrate-${index}` },
  }))
  return {
    desired: { objects },
    project: { name: 'default', spec: { syncWindows: parts.windows ?? [], signatureKeys: parts.keys ?? [] } },
    application: { spec: { ignoreDifferences: parts.ignores } },
  } as unknown as Work
}

describe('services/syncmaster/src/domain/sync/unsupported', () => {
  it('holds back what has hooks, and names the first of them', () => {
    expect(whyNotSynced(work({ hooks: [undefined, 'PreSync', 'PostSync'] }))).toMatch(
      /shop\/migrate-1 and 1 more is a PreSync hook/,
    )
    expect(whyNotSynced(work({ hooks: [undefined, 'Skip'] }))).toBeUndefined()
  })

  it('holds back what belongs to a project with sync windows', () => {
    expect(whyNotSynced(work({ windows: [{ kind: 'deny' }] }))).toContain('project default has sync windows')
    expect(whyNotSynced(work({}))).toBeUndefined()
  })

  it('holds back what belongs to a project that asks for signed commits', () => {
    expect(whyNotSynced(work({ keys: [{ keyID: '4AEE18F83AFDEB23' }] }))).toContain('remove spec.signatureKeys')
  })

  it('does not heal what asks for fields to be left alone', () => {
    expect(whyNotHealed(work({ ignores: [{ kind: 'Deployment' }] }))).toContain('spec.ignoreDifferences')
    expect(whyNotHealed(work({}))).toBeUndefined()
  })
})
