import { imageToken, type ImageDecisionRecord, type ImageRecord } from '@k8or/contracts'
import { readPolicies } from '../policy'
import { decide, type Situation } from './decide'
import { knownTags } from './known-tags'

const name = 'ghcr.io/shop/web'
const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`
const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const ref = { uid: 'u', namespace: 'argocd', name: 'shop', project: 'default' }
const [policy] = readPolicies({ 'image-list': `web=${name}:~1` }).images
const application = {
  ...{ ref, token: 'shop_u', bucket: 0, sources: [], specDigest: '', refresh: '' },
  destination: { server: '', name: '', namespace: '' },
}
const pushed = (tag: string, minute: number, more: Partial<ImageRecord> = {}): ImageRecord => ({
  ...{ image: { name, token: imageToken(name) }, tag, digest: digest('a'), firstDigest: digest('a'), ordinal: 1 },
  ...{ moved: false, via: 'ci', builtAt: null, source: null, factId: `f/${tag}`, correlationId: 'c', causes: [] },
  ...{ observedAt: at(minute), announced: true, ...more },
})
const record: ImageDecisionRecord = {
  ...{ application: ref, token: 'shop_u', alias: 'web', judgedUntil: at(0), last: null },
  ...{ announced: true, said: [], turn: 0, written: null, history: [] },
}
const situation = (current: string, rows: ImageRecord[], more: Partial<Situation> = {}): Situation => ({
  ...{
    application,
    policy: policy!,
    tags: knownTags(rows, undefined),
    isComplete: false,
    isUpToDate: false,
    pushed: rows,
  },
  named: [{ field: 'f', reference: { name, tag: current } }],
  ...{ running: undefined, record, now: new Date(at(10)), ...more },
})

describe('services/chartstore/src/domain/images/write-back/decide', () => {
  it('writes what was pushed and is newer, although no registry was asked yet', () => {
    const { step, judgedUntil } = decide(situation('1.0.0', [pushed('1.1.0', 1)]))
    expect(step).toMatchObject({ kind: 'write', version: { tag: '1.1.0', isPinned: false } })
    expect(judgedUntil).toBe(at(1))
    const older = decide(situation('1.2.0', [pushed('1.1.0', 1)]))
    expect(older.step).toEqual({ kind: 'nothing', isAsWanted: true })
    expect(older.refusals.map(({ reason }) => reason)).toEqual([
      `${name}:1.1.0 is admitted, but not preferred: 1.2.0 is the highest of 2 versions that ~1 admits`,
    ])
  })

  it('stays at a tag that vanished from the registry', () => {
    const registry = { tags: [{ name: '1.0.0' }], askedAt: at(5), describedAt: new Map() }
    const tags = knownTags([pushed('1.1.0', 1)], registry)
    expect(tags).toEqual([{ name: '1.0.0' }])
    const asked = { tags, isComplete: true, isUpToDate: true }
    const { step, gone } = decide(situation('1.1.0', [], asked))
    expect(step).toEqual({ kind: 'nothing', isAsWanted: true })
    expect(gone).toEqual([{ tag: { name: '1.1.0' }, reason: expect.stringContaining('push it again') as string }])
    expect(decide(situation('1.1.0', [], { ...asked, isUpToDate: false })).gone).toEqual([])
    expect(knownTags([pushed('1.2.0', 6)], registry).map((tag) => tag.name)).toEqual(['1.0.0', '1.2.0'])
  })

  it('says that a tag is gone which was pushed, or held, until the registry was asked', () => {
    const registry = { tags: [{ name: '1.0.0' }], askedAt: at(5), describedAt: new Map() }
    const rows = [pushed('1.1.0', 1)]
    const asked = { tags: knownTags(rows, registry), isComplete: true }
    expect(decide(situation('1.1.0', rows, asked)).gone).toHaveLength(1)
    const image = { name, token: imageToken(name) }
    const data = { application: ref, image, tag: '1.1.0', digest: digest('a'), reason: '', edits: [], problem: null }
    const held = { factId: 'f', causes: [], correlationId: 'c', at: at(2), data: { ...data, outcome: 'held' as const } }
    const { step, gone } = decide(situation('1.0.0', rows, { ...asked, record: { ...record, last: held } }))
    expect(step).toEqual({ kind: 'nothing', isAsWanted: true })
    expect(gone[0]?.reason).toMatch(/1\.1\.0 was held, .* it is not written; push it again/)
  })

  it('says that a tag is back once the registry has it again, and not before it was asked', () => {
    const rows = [pushed('1.1.0', 1)]
    const data = {
      ...{ application: ref, image: { name, token: imageToken(name) }, tag: '1.1.0', digest: '', reason: '' },
      ...{ edits: [], outcome: 'failed' as const, problem: { reason: 'ImageGone', message: '' } },
    }
    const last = { factId: 'f', causes: [], correlationId: 'c', at: at(6), data }
    const after = (names: string[], isComplete = true) => {
      const tags = names.map((each) => ({ name: each }))
      return decide(situation('1.1.0', rows, { tags, isComplete, record: { ...record, last } })).returned
    }
    expect(after(['1.0.0', '1.1.0'])?.reason).toBe(`${name}:1.1.0 is in the registry again: nothing is left to do`)
    expect(after(['1.0.0'])).toBeUndefined()
    expect(after(['1.1.0'], false)).toBeUndefined()
    expect(decide(situation('1.1.0', rows)).returned).toBeUndefined()
  })

  it('waits until what was written is seen, and does not write again what people took back', () => {
    const written = { tag: '1.1.0', digest: digest('a'), commit: 'c'.repeat(40), at: at(9), isSeen: false }
    const now = (minute: number, more: Partial<typeof written> = {}) =>
      decide(
        situation('1.0.0', [pushed('1.1.0', 1)], {
          record: { ...record, written: { ...written, ...more } },
          now: new Date(Date.parse(at(minute)) + 30_000),
        }),
      ).step
    expect(now(9)).toEqual({ kind: 'wait' })
    expect(now(9, { isSeen: true })).toMatchObject({ kind: 'hold', reason: expect.stringMatching(/took it back/) })
    expect(now(10)).toMatchObject({ kind: 'hold' })
    expect(now(9, { tag: '1.0.9' })).toMatchObject({ kind: 'write' })
  })

  it('refuses a tag that was pushed over, and follows its digest where that is the strategy', () => {
    const moved = pushed('1.1.0', 1, { digest: digest('b'), moved: true })
    const { step, refusals } = decide(situation('1.0.0', [moved]))
    expect(step.kind).toBe('nothing')
    expect(refusals[0]?.reason).toContain('1.1.0 was pushed again with another digest')
    const [follows] = readPolicies({ 'image-list': `web=${name}:1.1.0`, 'web.update-strategy': 'digest' }).images
    expect(decide(situation('1.1.0', [moved], { policy: follows! })).step).toMatchObject({
      kind: 'write',
      version: { tag: '1.1.0', digest: digest('b'), isPinned: true },
    })
  })

  it('judges what was pushed since the first look, and nothing before', () => {
    const rows = [pushed('2.0.0', 1), pushed('main', 2)]
    expect(decide({ ...situation('1.0.0', rows), record: undefined })).toMatchObject({
      refusals: [],
      judgedUntil: at(2),
    })
    expect(decide(situation('1.0.0', rows)).refusals).toHaveLength(2)
    expect(decide(situation('1.0.0', rows, { record: { ...record, judgedUntil: at(1) } })).refusals).toHaveLength(1)
  })
})
