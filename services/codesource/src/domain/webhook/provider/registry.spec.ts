import { registry } from './registry'

const digest = `sha256:${'a'.repeat(64)}`
const type = 'application/vnd.docker.distribution.events.v1+json'
const event = (target: object, more: object = {}) => ({
  ...{ id: 'e-1', action: 'push', timestamp: '2026-01-01T00:00:00Z', request: { host: 'localhost:5000' } },
  ...{ target: { mediaType: 'x', repository: 'shop/web', tag: 'v2', digest, ...target } },
  ...more,
})
const request = (...events: object[]) => ({
  headers: { 'content-type': type, authorization: 'Bearer hush' },
  body: Buffer.from(JSON.stringify({ events })),
})
const without = (key: 'tag' | 'digest' | 'repository') => event({ [key]: undefined })

describe('services/codesource/src/domain/webhook/provider/registry', () => {
  it('reads the tags that were pushed out of a batch of all kinds of events', () => {
    const batch = request(event({}), without('tag'), event({ tag: 'v3' }, { action: 'pull' }), event({ tag: 'v4' }))
    expect(registry.claims(batch)).toBe(true)
    const image = { name: 'localhost:5000/shop/web', digest }
    expect(registry.read(batch)).toEqual({
      delivery: expect.stringMatching(/^[0-9a-f]{64}$/),
      event: 'image',
      repositories: [],
      images: [
        { ...image, tag: 'v2' },
        { ...image, tag: 'v4' },
      ],
    })
  })

  it('knows a delivery by its event, and the host by the address where it was pushed', () => {
    const url = `https://registry.example:8443/v2/shop/web/manifests/${digest}`
    const told = request(event({ url }, { request: undefined }))
    expect(registry.read(told)).toMatchObject({ delivery: 'e-1', images: [{ name: 'registry.example:8443/shop/web' }] })
  })

  it('knows the notifications of distribution 2 and of distribution 3, whose media types differ', () => {
    const claims = (version: string): boolean => {
      const headers = { 'content-type': `application/vnd.docker.distribution.events.${version}+json` }
      return registry.claims({ headers, body: Buffer.from('') })
    }
    expect(['v1', 'v2', 'v3'].map(claims)).toEqual([true, true, false])
  })

  it('passes over what tells of no tag', () => {
    expect(registry.read(request(without('tag')))).toEqual({ ignored: 'it tells of no tag that was pushed' })
  })

  it.each([
    ['events.0.target.digest', without('digest')],
    ['events.0.target.digest', event({ digest: 'sha256:short' })],
    ['events.0.target.repository', without('repository')],
    ['events.0.target.tag', event({ tag: 'a b' })],
    ['events.0.request.host', event({}, { request: {} })],
    ['events.0.id', { ...event({}), id: '' }],
  ])('names the field that is wrong: %s', (field, wrong) => {
    expect(() => registry.read(request(wrong))).toThrow(`field ${field}`)
  })

  it('names a body that is no batch', () => {
    expect(() => registry.read({ headers: {}, body: Buffer.from('{') })).toThrow('not JSON')
    expect(() => registry.read(request())).toThrow('field events')
  })

  it('turns away whoever does not know the token', () => {
    expect(registry.refusal(request(), 'hush')).toBeUndefined()
    expect(registry.refusal(request(), 'other')).toContain('webhook.registry.secret')
    expect(registry.refusal({ headers: {}, body: Buffer.alloc(0) }, 'hush')).toContain(
      'header Authorization is missing',
    )
  })
})
