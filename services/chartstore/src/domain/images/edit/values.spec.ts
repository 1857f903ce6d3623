import fc from 'fast-check'
import { parseAllDocuments } from 'yaml'
import { file, keys, to, web } from '../../../../test/image-edits'
import { editValues, findInValues } from './values'

describe('services/chartstore/src/domain/images/edit/values', () => {
  const text = `# values
image: {name: ghcr.io/shop/web, tag: '1.0'} # both
web:
  # the sidecar
  sidecars:
    - image: ghcr.io/shop/web:1.0
  empty:
`
  it('sets name and tag, or both in one (A18)', () => {
    expect(editValues(file(text), keys, web.image, to('1.1')).text).toBe(text.replace("'1.0'", "'1.1'"))
    const spec = { spec: 'web.sidecars[0].image', name: '', tag: '' }
    expect(editValues(file(text), spec, web.image, to('1.1')).text).toBe(text.replace('web:1.0\n', 'web:1.1\n'))
    expect(findInValues(file(text), spec, web.image)[0]?.reference).toEqual({ name: web.name, tag: '1.0' })
  })

  it.each([
    ['web.tag', '  tag: v2\n', 'empty:\n'],
    ['web.image.tag', '  image:\n    tag: v2\n', 'empty:\n'],
    ['web.empty.tag', '    tag: v2\n', 'empty:\n'],
  ])('adds %s where it is not there', (tag, added, behind) =>
    expect(editValues(file(text), { spec: '', name: '', tag }, web.image, to('v2')).text).toBe(
      text.replace(behind, behind + added),
    ),
  )

  it('prefers a key that is literally so', () =>
    expect(editValues(file('image.tag: a\n'), { spec: '', name: '', tag: 'image.tag' }, web.image, to('b')).text).toBe(
      'image.tag: b\n',
    ))

  it('says where there is something else', () =>
    expect(() => editValues(file('image: [a]\n'), keys, web.image, to('b'))).toThrow(
      /^app.yaml: image.name can not be set/,
    ))

  it('changes one path only, whatever stands around it', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const leaf = fc.constantFrom<unknown>('1.0', 'x', 1, null, true)
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, leaf, fc.dictionary(name, tie('tree'), { maxKeys: 3 })),
    }))
    const root = fc.dictionary(name, tree, { minKeys: 1 })
    fc.assert(
      fc.property(root, fc.array(name, { minLength: 1, maxLength: 3 }), (values, path) => {
        const before = file(JSON.stringify(values, undefined, 2).replace(/^\{$/m, '{ # top'))
        const tag = path.join('.')
        const edit = () => editValues(before, { spec: '', name: '', tag }, web.image, to('v9')).text
        const after = attempt(edit)
        if (after === undefined) return
        expect(valueOf(after)).toEqual(withValue(values, path))
      }),
    )
  })
})

function attempt(edit: () => string): string | undefined {
  try {
    return edit()
  } catch (error) {
    expect(String(error)).toMatch(/can not be set/)
    return undefined
  }
}

function valueOf(text: string): unknown {
  return parseAllDocuments(text)[0]?.toJS()
}

function withValue(values: unknown, [key = '', ...rest]: readonly string[]): unknown {
  const map = (values ?? {}) as Record<string, unknown>
  return { ...map, [key]: rest.length === 0 ? 'v9' : withValue(map[key], rest) }
}
