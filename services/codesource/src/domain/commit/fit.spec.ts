import { blobId, fitRequests, type FileState } from './fit'
import type { CommitRequest } from './request'

const text = (content: string) => Buffer.from(content)
const id = (content: string) => blobId(text(content))

function request(operation: string, path: string, from: string, to: string): CommitRequest {
  const edits = [{ path, baseId: from === '' ? '' : id(from), content: text(to) }]
  return { edits, message: operation, operation, actor: 'a', causes: [], correlationId: 'c', traceparent: undefined }
}

function states(files: Record<string, string>): Map<string, FileState> {
  return new Map(Object.entries(files).map(([path, content]) => [path, { kind: 'file', id: id(content) }]))
}

const names = (requests: readonly CommitRequest[]) => requests.map(({ operation }) => operation)

describe('services/codesource/src/domain/commit/fit', () => {
  it('names content as git does', () => {
    expect(blobId(text('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a')
  })

  it('takes files away, once, and not what is no longer as it was seen', () => {
    const removal = (operation: string, from: string): CommitRequest => ({
      ...request(operation, 'a', from, ''),
      edits: [{ path: 'a', baseId: id(from), content: undefined }],
    })
    const fit = fitRequests([removal('one', 'old'), removal('two', 'old')], states({ a: 'old' }))
    expect([names(fit.accepted), names(fit.needless)]).toEqual([['one'], ['two']])
    expect([...fit.contents]).toEqual([['a', undefined]])
    expect(fitRequests([removal('one', 'old')], states({ a: 'other' })).failed).toHaveLength(1)
  })

  it('fails only the request whose file is no longer what it was made from', () => {
    const asked = [request('one', 'a', 'old', 'new'), request('two', 'b', 'old', 'new')]
    const fit = fitRequests(asked, states({ a: 'other', b: 'old' }))
    expect(names(fit.accepted)).toEqual(['two'])
    expect(fit.failed.map(({ request: { operation }, error }) => [operation, error.failure])).toEqual([
      ['one', 'changed'],
    ])
    expect(fit.failed[0]?.error.message).toContain(
      `file a is ${id('other')} there, the edit was made from ${id('old')}`,
    )
    expect([...fit.contents.keys()]).toEqual(['b'])
  })

  it('lets one of two that change the same file win, unless the second builds on the first', () => {
    const first = request('one', 'a', 'old', 'new')
    const rivals = fitRequests([first, request('two', 'a', 'old', 'else')], states({ a: 'old' }))
    expect([names(rivals.accepted), rivals.failed.length]).toEqual([['one'], 1])
    const chain = fitRequests([first, request('two', 'a', 'new', 'newer')], states({ a: 'old' }))
    expect(names(chain.accepted)).toEqual(['one', 'two'])
    expect(chain.contents.get('a')).toEqual(text('newer'))
  })

  it('needs no commit for what is there already', () => {
    expect(names(fitRequests([request('one', 'a', 'old', 'new')], states({ a: 'new' })).needless)).toEqual(['one'])
  })

  it('writes no file below another, and through nothing that is no folder', () => {
    const absent = new Map<string, FileState>([
      ['a', { kind: 'absent' }],
      ['a/b', { kind: 'absent' }],
    ])
    const both = fitRequests([request('one', 'a', '', '1'), request('two', 'a/b', '', '2')], absent)
    expect(both.failed.map(({ error }) => error.failure)).toEqual(['invalid'])
    const blocked = new Map<string, FileState>([['l/a', { kind: 'blocked', why: 'l is a link' }]])
    const through = fitRequests([request('one', 'l/a', '', '1')], blocked)
    expect(through.failed[0]?.error.message).toBe('edits: path l/a: l is a link')
  })
})
