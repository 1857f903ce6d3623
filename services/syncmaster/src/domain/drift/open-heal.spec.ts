import fc from 'fast-check'
import { formatHeals, readHeals, withRoom, type OpenHeal } from './open-heal'

const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
const drift = { release: 7, cluster: 'in-cluster', object, uid: 'u', resourceVersion: '4711' }
const healOf = (fields: string[], name = 'web'): OpenHeal => ({
  drift: { ...drift, object: { ...object, name } },
  how: { kind: 'changed', fields, manager: 'kubectl-edit', willHeal: true },
})
const fieldsOf = (count: number) => Array.from({ length: count }, (_, index) => `.spec.f${String(index)}`)

const heal = fc
  .record({
    fields: fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 20 }),
    name: fc.string({ minLength: 1 }),
  })
  .map(({ fields, name }) => healOf(fields, name))

describe('services/syncmaster/src/domain/drift/open-heal', () => {
  it.each([
    { given: 'none', fields: [], expected: [] },
    { given: 'few', fields: fieldsOf(3), expected: fieldsOf(3) },
    { given: 'one too many', fields: fieldsOf(4), expected: ['.spec.f0', '.spec.f1', 'and 2 more'] },
    { given: 'many', fields: fieldsOf(20), expected: ['.spec.f0', '.spec.f1', 'and 18 more'] },
    { given: 'a long one', fields: [`.data.${'x'.repeat(300)}`], expected: [`.data.${'x'.repeat(93)}…`] },
  ])('is written with few fields: $given', ({ fields, expected }) => {
    expect(readHeals(formatHeals([healOf(fields)]))).toEqual([healOf(expected)])
  })

  it('takes no more of a row than it should, the first first, whatever is put back, and is the same when written again', () => {
    fc.assert(
      fc.property(fc.array(heal, { maxLength: 30 }), (heals) => {
        const kept = withRoom(heals)
        const text = formatHeals(kept)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_500)
        expect(kept[0]).toBe(heals[0])
        const read = readHeals(text)
        expect(withRoom(read)).toEqual(read)
        expect(formatHeals(read)).toBe(text)
      }),
    )
  })

  it('leaves out what is too large, and no other one for that', () => {
    const [large, small] = [healOf([], 'x'.repeat(3_000)), healOf(fieldsOf(20))]
    expect(withRoom([large, small])).toEqual([small])
  })

  it('reads nothing from a row of another version', () => {
    expect(readHeals('[{"object":"a"}]')).toEqual([])
    expect(readHeals(undefined)).toEqual([])
  })
})
