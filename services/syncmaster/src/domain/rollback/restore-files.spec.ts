import { restoreFiles } from './restore-files'

const file = (path: string, text: string, isLink = false) => ({
  ...{ path, isLink, id: `id of ${text}` },
  content: Buffer.from(text),
})

describe('services/syncmaster/src/domain/rollback/restore-files', () => {
  it('puts back what was changed or taken away, takes away what is new, and leaves the rest', () => {
    const were = [file('kept.yaml', 'k'), file('changed.yaml', 'good'), file('gone.yaml', 'g')]
    const are = [file('kept.yaml', 'k'), file('changed.yaml', 'bad'), file('new.yaml', 'n')]
    expect(restoreFiles(were, are)).toEqual([
      { path: 'changed.yaml', content: Buffer.from('good'), baseId: 'id of bad' },
      { path: 'gone.yaml', content: Buffer.from('g'), baseId: '' },
      { path: 'new.yaml', content: undefined, baseId: 'id of n' },
    ])
  })

  it('says which link it can not write', () => {
    expect(restoreFiles([file('a', 'x', true)], [file('a', 'y')])).toEqual({ problem: 'a is a link, and was changed' })
    expect(restoreFiles([file('a', 'x', true)], [file('a', 'x', true)])).toEqual([])
  })
})
