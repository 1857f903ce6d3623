import { decideSync, type Situation } from './decide'
import { nextRetryMs, readDuration, retryPlan } from './retry'
import type { SyncPointer } from './sync-pointer'

const on = { automated: true, prune: true, selfHeal: true, allowEmpty: false }

const situation = (more: Partial<Situation> = {}): Situation => ({
  ...{ policy: on, release: 2, revision: 'abc', declared: 'd', operation: '', last: undefined, isUntold: false },
  ...{ pending: 0, drifted: 0, prunable: 0, surplus: 0, wipesOut: false, nowMs: 1000 },
  ...more,
})

const last = (phase: SyncPointer['phase'], more: Partial<SyncPointer> = {}): SyncPointer => ({
  ...{
    sync: 'u-2-1',
    release: 2,
    attempt: 1,
    setbacks: 0,
    declared: 'd',
    operation: '',
    trigger: 'release',
    prune: true,
    phase,
  },
  ...{
    startedAt: '',
    operationStartedAt: '',
    finishedAt: '',
    dryRun: false,
    retries: 0,
    nextAt: '',
    message: 'no room',
  },
  ...more,
})

describe('services/syncmaster/src/domain/sync/decide', () => {
  it('syncs a new release, and rests when nothing is to be done', () => {
    expect(decideSync(situation({ pending: 1 }))).toMatchObject({ kind: 'sync', trigger: 'release', resume: false })
    expect(decideSync(situation())).toMatchObject({ kind: 'rest', reason: 'in sync with release 2' })
    expect(decideSync(situation({ surplus: 2 })).reason).toContain('2 objects that left the source require pruning')
  })

  it('C108.4 does nothing by itself without automation', () => {
    expect(decideSync(situation({ policy: { ...on, automated: false }, pending: 1 }))).toMatchObject({ kind: 'rest' })
  })

  it('does what people ask for, automation or not, and goes on with it after a crash', () => {
    expect(decideSync(situation({ operation: 'o' }))).toMatchObject({
      kind: 'sync',
      trigger: 'operation',
      resume: false,
    })
    const running = last('Running', { operation: 'o' })
    expect(decideSync(situation({ operation: 'o', last: running }))).toMatchObject({ resume: true })
    const over = last('Succeeded', { operation: 'o' })
    expect(decideSync(situation({ operation: 'o', last: over, isUntold: true }))).toMatchObject({ kind: 'rest' })
    expect(decideSync(situation({ operation: 'o', last: over }))).toMatchObject({ kind: 'sync', resume: false })
  })

  it('goes on with a sync that was cut off, but not for an older release', () => {
    expect(decideSync(situation({ last: last('Running') }))).toMatchObject({ kind: 'sync', resume: true })
    expect(decideSync(situation({ last: last('Running', { release: 1 }), pending: 1 }))).toMatchObject({
      resume: false,
    })
  })

  it('refuses to delete everything', () => {
    expect(decideSync(situation({ prunable: 3, wipesOut: true }))).toMatchObject({
      kind: 'refuse',
      error: expect.stringContaining('auto-sync will wipe out all resources'),
    })
  })

  it('does not repeat a sync that failed for good, until the declaration changes', () => {
    const failed = situation({ pending: 1, last: last('Failed') })
    expect(decideSync(failed)).toMatchObject({ kind: 'probe', error: 'Failed last sync attempt to abc: no room' })
    expect(decideSync({ ...failed, declared: 'other' })).toMatchObject({ kind: 'sync', trigger: 'release' })
    expect(decideSync({ ...failed, release: 3 })).toMatchObject({ kind: 'sync', trigger: 'release' })
  })

  it('A7.3 waits for the next try, then tries', () => {
    const retrying = last('Retrying', { nextAt: new Date(5000).toISOString() })
    expect(decideSync(situation({ pending: 1, last: retrying }))).toMatchObject({ kind: 'wait', waitMs: 4000 })
    expect(decideSync(situation({ pending: 1, last: retrying, nowMs: 5000 }))).toMatchObject({
      kind: 'sync',
      trigger: 'retry',
    })
  })

  it('C108.5 heals drift only where selfHeal says so', () => {
    const drifted = situation({ drifted: 1, last: last('Succeeded') })
    expect(decideSync(drifted)).toMatchObject({ kind: 'heal' })
    expect(decideSync({ ...drifted, policy: { ...on, selfHeal: false } })).toMatchObject({ kind: 'rest' })
    expect(decideSync({ ...drifted, last: last('Failed') })).toMatchObject({ kind: 'heal' })
  })

  it('syncs once more what it lost the memory of, and what may be pruned now', () => {
    expect(decideSync(situation({ pending: 1, last: last('Succeeded') }))).toMatchObject({ kind: 'sync' })
    expect(decideSync(situation({ prunable: 1, last: last('Succeeded') }))).toMatchObject({ kind: 'sync' })
  })

  describe('retries', () => {
    it('A7.3 grow by the factor up to the longest wait', () => {
      const plan = retryPlan({ limit: 10, backoff: { duration: '5s', factor: 2, maxDuration: '1m' } }, true)
      expect([0, 1, 2, 3, 4, 5].map((retries) => nextRetryMs(plan, retries))).toEqual([
        5000, 10_000, 20_000, 40_000, 60_000, 60_000,
      ])
      expect(nextRetryMs(plan, 10)).toBeUndefined()
    })

    it('A7.3 are five for automated syncs and none for those of people, unless declared', () => {
      expect(retryPlan(undefined, true).limit).toBe(5)
      expect(retryPlan(undefined, false).limit).toBe(0)
      expect(retryPlan({ backoff: {} }, true).limit).toBe(0)
      expect(nextRetryMs(retryPlan({ limit: -1 }, true), 1000)).toBe(180_000)
    })

    it("read durations in Go's style, plain numbers as seconds", () => {
      expect(readDuration('1m30s')).toBe(90_000)
      expect(readDuration('250ms')).toBe(250)
      expect(readDuration('90')).toBe(90_000)
      expect(readDuration(3)).toBe(3000)
      expect(readDuration('soon')).toBeUndefined()
      expect(readDuration(undefined)).toBeUndefined()
    })
  })
})
