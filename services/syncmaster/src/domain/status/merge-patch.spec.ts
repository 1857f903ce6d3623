import fc from 'fast-check'
import { nextConditions } from './conditions'
import { applicationHealth, isJudged, objectHealth, type JudgedObject } from './health'
import { mergePatchBetween } from './merge-patch'

/** RFC 7386, as the API server does it. */
function applied(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, name)
    else result[name] = applied(Object.hasOwn(result, name) ? result[name] : undefined, value)
  }
  return result
}

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer()))
const value = fc.letrec((tie) => ({
  node: fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
    fc.oneof({ depthSize: 'small' }, leaf, tie('node')),
  ),
})).node

describe('services/syncmaster/src/domain/status/merge-patch', () => {
  it('turns one value into another', () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const patch = mergePatchBetween(before, after)
        expect(patch === undefined ? before : applied(before, patch)).toEqual(after)
      }),
    )
  })

  it('is nothing between equal values', () => {
    expect(mergePatchBetween({ a: { b: [1] } }, { a: { b: [1] } })).toBeUndefined()
  })

  it('says no more than what differs', () => {
    expect(mergePatchBetween({ a: 1, b: { c: 1, d: 2 } }, { a: 1, b: { c: 1, d: 3 } })).toEqual({ b: { d: 3 } })
    expect(mergePatchBetween({ a: 1, b: 2 }, { a: 1 })).toEqual({ b: null })
  })

  describe('conditions', () => {
    const now = '2026-01-02T00:00:00Z'
    const before = [{ type: 'SyncError', message: 'no room', lastTransitionTime: '2026-01-01T00:00:00Z' }]

    it('keep their time while they say the same', () => {
      expect(nextConditions(before, new Map([['SyncError', 'no room']]), now)).toEqual(before)
      expect(nextConditions(before, new Map([['SyncError', 'no air']]), now)?.[0]?.lastTransitionTime).toBe(now)
    })

    it('go when their cause does, and those of others stay', () => {
      expect(nextConditions(before, new Map(), now)).toBeUndefined()
      const foreign = { type: 'OrphanedResourceWarning', message: 'one' }
      expect(nextConditions([...before, foreign], new Map(), now)).toEqual([foreign])
    })
  })

  describe('health', () => {
    const deployment = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
    const healthy = { status: 'Healthy' as const, message: '' }
    const judged = (more: Partial<JudgedObject> = {}): JudgedObject => ({
      ...{ ref: deployment, uid: 'a', generation: 2, isLive: true },
      verdict: { uid: 'a', generation: 2, health: healthy },
      ...more,
    })
    const verdict = { uid: '', generation: 0, health: healthy }
    const word = (objects: JudgedObject[]) => applicationHealth(objects, verdict, undefined, 'now').status

    it('takes no verdict that is older than what was applied', () => {
      expect(word([judged()])).toBe('Healthy')
      expect(word([judged({ generation: 3 })])).toBe('Progressing')
      expect(word([judged({ uid: 'b' })])).toBe('Progressing')
      expect(word([judged({ verdict: undefined })])).toBe('Progressing')
      expect(objectHealth(judged({ generation: 3 }))).toEqual({
        status: 'Progressing',
        message: 'Deployment shop/web was just applied',
      })
    })

    it('does not wait for a verdict on kinds that nobody judges', () => {
      const map = judged({ ref: { ...deployment, group: '', kind: 'ConfigMap' }, verdict: undefined })
      expect(isJudged(map)).toBe(true)
      expect(objectHealth(map)).toBeUndefined()
    })

    it('is Missing when nothing is there, and Healthy when nothing should be', () => {
      expect(word([judged({ isLive: false })])).toBe('Missing')
      expect(word([])).toBe('Healthy')
      expect(objectHealth(judged({ isLive: false }))).toEqual({ status: 'Missing' })
    })

    it('keeps its time while the word is the same', () => {
      const before = { status: 'Healthy', lastTransitionTime: 'then' }
      expect(applicationHealth([judged()], verdict, before, 'now')).toEqual({
        status: 'Healthy',
        lastTransitionTime: 'then',
      })
    })
  })
})
