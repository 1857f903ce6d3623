import fc from 'fast-check'
import { TreeMalformedError } from '../../domain/tree/tree'
import { readTreeEntries } from './tree-entries'

describe('services/codesource/src/adapters/git/tree-entries', () => {
  it('reads every entry as git writes it', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/[\0/]|^\.{1,2}$|^\.git$/.test(text))
    const entry = fc.tuple(
      fc.constantFrom('100644', '120000', '40000', '160000'),
      name,
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
    )
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const tree = Buffer.concat(entries.flatMap(([mode, path, id]) => [Buffer.from(`${mode} ${path}\0`), id]))
        const written = entries.map(([mode, path, id]) => [
          mode,
          Buffer.from(path).toString(),
          Buffer.from(id).toString('hex'),
        ])
        expect(readTreeEntries(tree).map(({ mode, name: path, id }) => [mode, path, id])).toEqual(written)
      }),
    )
  })

  it('reads bytes that are no tree, or says so', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readTreeEntries(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(TreeMalformedError)
        }
      }),
    )
  })
})
