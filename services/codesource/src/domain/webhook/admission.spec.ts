import { Admission, Held } from './admission'

describe('services/codesource/src/domain/webhook/admission', () => {
  let admission: Admission

  beforeEach(() => {
    admission = new Admission({ maxBytes: 100, smallBytes: 10, smallTotalBytes: 30, large: 2 })
  })

  const begin = (bytes: number): Held => {
    const held = admission.begin(bytes)
    if (!(held instanceof Held)) throw new Error(held)
    return held
  }

  it('refuses by what is declared, before anything is read', () => {
    expect(admission.begin(101)).toBe('too large')
    begin(50)
    begin(50)
    expect(admission.begin(50)).toBe('busy')
  })

  it('refuses by what has come where nothing, or something wrong, was declared', () => {
    const held = begin(0)
    expect([held.grow(8), held.grow(100), held.grow(101)]).toEqual([undefined, undefined, 'too large'])
    begin(50)
    expect(begin(5).grow(11)).toBe('busy')
  })

  it('takes small bodies whatever the large ones do, and the other way round', () => {
    begin(100)
    begin(100)
    const small = [begin(10), begin(10), begin(10)]
    expect(admission.begin(1)).toBe('busy')
    small[0]?.end()
    begin(10)
    expect(admission.begin(100)).toBe('busy')
  })

  it('has all its room again when everything has ended, however it went', () => {
    const grown = begin(5)
    for (const bytes of [7, 20, 90, 101]) grown.grow(bytes)
    const small = begin(10)
    for (const held of [grown, small, begin(60)]) held.end()
    for (const held of [begin(10), begin(10), begin(10), begin(60), begin(60)]) held.end()
    expect(admission.begin(10)).toBeInstanceOf(Held)
  })
})
