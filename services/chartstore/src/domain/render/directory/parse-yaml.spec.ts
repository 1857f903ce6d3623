import fc from 'fast-check'
import { looksLikeManifest, parseJson, parseYaml } from './parse-yaml'

function valueOf(text: string): unknown {
  const parsed = parseYaml('x.yaml', `v: ${text}`)
  if ('problem' in parsed) throw new Error(parsed.problem.message)
  return (parsed.documents[0] as { v: unknown }).v
}

describe('services/chartstore/src/domain/render/directory/parse-yaml', () => {
  it.each([
    ['0644', 420],
    ['0o644', 420],
    ['0x1F', 31],
    ['0b101', 5],
    ['-012', -10],
    ['1_000', 1000],
    ['08', 8],
    ['1e3', 1000],
    ['.5', 0.5],
    ['yes', true],
    ['On', true],
    ['NO', false],
    ['n', false],
    ['null', null],
    ['~', null],
    ['2026-01-02', '2026-01-02'],
    ['12:30:45', '12:30:45'],
    ['"0644"', '0644'],
    ['1.2.3', '1.2.3'],
    ['+', '+'],
  ])('A4.4 reads %s as kubectl does', (text, value) => {
    expect(valueOf(text)).toEqual(value)
  })

  it('A4.4 reads many documents and passes over empty ones', () => {
    expect(parseYaml('x.yaml', 'a: 1\n---\n---\nb: 2\n')).toEqual({ documents: [{ a: 1 }, { b: 2 }] })
  })

  it('names file, line and column of what can not be read', () => {
    const parsed = parseYaml('app/x.yaml', 'a: 1\nb: [1\n')
    expect(parsed).toMatchObject({ problem: { reason: 'InvalidYaml', file: 'app/x.yaml', line: 3 } })
    expect('problem' in parsed && parsed.problem.message).toMatch(/^app\/x\.yaml \(line 3, column \d+\): /)
  })

  it('refuses a bomb of aliases', () => {
    const lines = ['a: &a [1,1,1,1,1,1,1,1,1,1]']
    for (let level = 1; level < 8; level++) {
      const [one, last] = [String.fromCharCode(97 + level), String.fromCharCode(96 + level)]
      lines.push(`${one}: &${one} [${Array(10).fill(`*${last}`).join(',')}]`)
    }
    expect(parseYaml('bomb.yaml', lines.join('\n'))).toMatchObject({
      problem: { message: expect.stringContaining('aliases') as string },
    })
  })

  it('refuses a bomb of merges', () => {
    const keys = Array.from({ length: 9_000 }, (_, index) => `  k${index}: 1`).join('\n')
    const merges = Array.from({ length: 6_000 }, (_, index) => `m${index}: { <<: *a }`).join('\n')
    expect(parseYaml('bomb.yaml', `a: &a\n${keys}\n${merges}\n`)).toMatchObject({
      problem: { message: expect.stringContaining('merges too many') as string },
    })
  })

  it('A4.4 merges maps, and takes the last of equal keys', () => {
    expect(parseYaml('x.yaml', 'a: &a { x: 1 }\nb: { <<: *a, z: 2 }\nc: 1\nc: 2\n')).toEqual({
      documents: [{ a: { x: 1 }, b: { x: 1, z: 2 }, c: 2 }],
    })
  })

  it('refuses what is not text', () => {
    expect(parseYaml('x.yaml', 'a\0b')).toMatchObject({
      problem: { message: expect.stringContaining('NUL') as string },
    })
    expect(parseJson('x.json', '{')).toMatchObject({ problem: { reason: 'InvalidJson' } })
  })

  it('knows what is meant for Kubernetes', () => {
    expect(looksLikeManifest('apiVersion: v1\nkind: X\nmetadata: {}')).toBe(true)
    expect(looksLikeManifest('some: text')).toBe(false)
  })

  it('reads whatever there is, or names the file that can not be read', () => {
    const piece = fc.constantFrom(
      ...['a', ': ', '- ', '\n', '  ', '\t', '{', '}', '[', ']', ',', '&a ', '*a', '<<: ', '!!', '|', '>', '"', "'"],
      ...['#', '---', '...', '? ', '%', '\ufeff', '0o7', '.nan', '!!binary ', '=', '\0', '\r'],
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (hostile) => {
        const parsed = parseYaml('app/x.yaml', hostile)
        if ('problem' in parsed) expect(parsed.problem.message).toMatch(/^app\/x\.yaml/)
        else JSON.stringify(parsed.documents)
      }),
    )
  })

  it('reads JSON as what it is', () => {
    const name = fc.stringMatching(/^[a-z]\w*$/).filter((text) => text !== '__proto__')
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        ...[
          fc.integer(),
          fc.boolean(),
          fc.constant(null),
          fc.string(),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        ],
        ...[fc.array(tie('value')), fc.dictionary(name, tie('value'))],
      ),
    }))
    fc.assert(
      fc.property(value, (given) => {
        const parsed = parseYaml('x.yaml', JSON.stringify({ given }))
        expect(parsed).toEqual({ documents: [JSON.parse(JSON.stringify({ given }))] })
      }),
    )
  })
})
