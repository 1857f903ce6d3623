import { readChallenge, readNextLink, readRetryAfter } from './challenge'

describe('services/codesource/src/adapters/registry/challenge', () => {
  it('reads what a registry asks for', () => {
    const header =
      'Bearer realm="https://auth.example/token?a=b,c",service="registry.example",scope="repository:a/b:pull,push"'
    expect(readChallenge(header)).toEqual({
      ...{ scheme: 'bearer', realm: 'https://auth.example/token?a=b,c' },
      ...{ service: 'registry.example', scope: 'repository:a/b:pull,push' },
    })
    expect(readChallenge('Basic realm="r", Bearer realm="https://a.example/t"')).toMatchObject({ scheme: 'bearer' })
    expect(readChallenge('basic realm=r')).toEqual({ scheme: 'basic' })
    for (const strange of [undefined, '', 'Negotiate', 'Bearer realm="no url"'])
      expect(readChallenge(strange)).toBeUndefined()
  })

  it('reads how long to wait, within bounds', () => {
    const now = new Date('2026-01-01T00:00:00Z')
    const wait = (header: string | undefined) => readRetryAfter(header, now, 60_000)
    expect([wait('3'), wait('Thu, 01 Jan 2026 00:00:07 GMT'), wait('9999')]).toEqual([3_000, 7_000, 60_000])
    expect([wait(undefined), wait('soon'), wait('-5')]).toEqual([1_000, 1_000, 500])
  })

  it('reads where the next page is', () => {
    const from = 'https://r.example/v2/a/tags/list?n=2'
    expect(readNextLink('</v2/a/tags/list?n=2&last=v2>; rel="next"', from)?.href).toContain(
      'https://r.example/v2/a/tags/list?n=2&last=v2',
    )
    expect(readNextLink('</x>; rel="prev"', from)).toBeUndefined()
    expect(readNextLink(undefined, from)).toBeUndefined()
  })
})
