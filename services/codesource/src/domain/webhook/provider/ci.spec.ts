import { ci } from './ci'

const digest = `sha256:${'b'.repeat(64)}`
const data = { image: 'ghcr.io/shop/web', tag: 'v2', digest, commit: 'c'.repeat(40) }
const attributes = { specversion: '1.0', id: 'run-7', source: '/ci/shop', type: 'image.built' }
const structured = (more: object, its: object = {}) => ({
  headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
  body: Buffer.from(JSON.stringify({ ...attributes, ...its, data: { ...data, ...more } })),
})
const binary = (headers: Record<string, string>, body: string = JSON.stringify(data)) => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(body),
})
const ceHeaders = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]))
const image = { name: 'ghcr.io/shop/web', tag: 'v2', digest, commit: data.commit }

describe('services/codesource/src/domain/webhook/provider/ci', () => {
  it('reads image.built in both forms of CloudEvents, as the same delivery (C96.1)', () => {
    const [one, two] = [ci.read(structured({})), ci.read(binary(ceHeaders))]
    expect(one).toEqual(two)
    expect(one).toMatchObject({
      delivery: expect.stringMatching(/^run-7\/[0-9a-f]{32}$/),
      event: 'image',
      images: [image],
    })
  })

  it('takes the name with its tag and digest in one, and writes Docker Hub out', () => {
    const read = ci.read(structured({ image: `web:v2@${digest}`, tag: undefined, digest: undefined }))
    expect(read).toMatchObject({ images: [{ name: 'docker.io/library/web', tag: 'v2', digest }] })
  })

  it('does without a digest, and keeps no password of the repository', () => {
    const read = ci.read(structured({ digest: undefined, repository: 'https://ci:pw@git.example/shop.git' }))
    expect(read).toMatchObject({ images: [{ digest: '', repository: 'https://git.example/shop.git' }] })
  })

  it.each([
    ['data.image', { image: '' }],
    ['data.image', { image: '{{ image }}' }],
    ['data.tag', { tag: 'a b' }],
    ['data.tag', { tag: undefined }],
    ['data.tag', { image: 'ghcr.io/shop/web:v3' }],
    ['data.digest', { digest: 'md5:0' }],
    ['data.builtAt', { builtAt: 'yesterday' }],
    ['data.commit', { commit: 'main' }],
  ])('names the field that is wrong: %s', (field, wrong) => {
    expect(() => ci.read(structured(wrong))).toThrow(`field ${field}:`)
  })

  it('names the attribute that is wrong', () => {
    expect(() => ci.read(structured({}, { specversion: '0.3' }))).toThrow('field specversion')
    expect(() => ci.read(binary({ ...ceHeaders, 'ce-id': '' }))).toThrow('header ce-id')
    expect(() => ci.read(binary({ 'ce-type': 'image.built' }))).toThrow('header ce-specversion')
    expect(() => ci.read(binary(ceHeaders, '{'))).toThrow('not JSON')
    const batch = { headers: { 'content-type': 'application/cloudevents-batch+json' }, body: Buffer.from('[]') }
    expect(ci.claims(batch)).toBe(true)
    expect(() => ci.read(batch)).toThrow('send application/cloudevents+json')
  })

  it('passes over events of other types', () => {
    expect(ci.read(structured({}, { type: 'image.scanned' }))).toMatchObject({
      ignored: expect.stringContaining('image.scanned'),
    })
    expect(ci.read(structured({}, { type: 'com.example.image.built.v1' }))).toMatchObject({ images: [image] })
  })

  it('reads CDEvents of artifacts that are images', () => {
    const published = (id: string) =>
      ci.read({
        headers: { 'content-type': 'application/cloudevents+json' },
        body: Buffer.from(
          JSON.stringify({ ...attributes, type: 'dev.cdevents.artifact.published.0.2.0', data: { subject: { id } } }),
        ),
      })
    const version = encodeURIComponent(digest)
    const expected = { images: [{ name: 'ghcr.io/shop/web', tag: 'v2', digest }] }
    expect(published(`pkg:oci/web@${version}?repository_url=ghcr.io/shop/web&tag=v2`)).toMatchObject(expected)
    expect(published(`pkg:oci/web@${version}?repository_url=ghcr.io/shop&tag=v2`)).toMatchObject(expected)
    expect(published('pkg:npm/web@1.0.0')).toMatchObject({ ignored: expect.any(String) })
    expect(() => published('pkg:oci/web?tag=v2')).toThrow('repository_url')
  })

  it('turns away whoever does not know the token', () => {
    const request = { ...structured({}), headers: { authorization: 'Bearer hush' } }
    expect([ci.refusal(request, 'hush'), ci.refusal(request, 'other')]).toEqual([undefined, expect.any(String)])
  })
})
