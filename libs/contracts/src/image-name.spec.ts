import fc from 'fast-check'
import { canonicalImageName, formatImageReference, parseImageReference } from './image-name'

const digest = `sha256:${'a'.repeat(64)}`

describe('libs/contracts/src/image-name', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx'],
    ['library/nginx', 'docker.io/library/nginx'],
    ['index.docker.io/nginx', 'docker.io/library/nginx'],
    ['docker.io/shop/web', 'docker.io/shop/web'],
    ['GHCR.io/shop/web', 'ghcr.io/shop/web'],
    ['localhost/web', 'localhost/web'],
    ['localhost:5000/web', 'localhost:5000/web'],
    ['registry:5000/a/b/c', 'registry:5000/a/b/c'],
  ])('knows %s as %s', (written, canonical) => expect(canonicalImageName(written)).toBe(canonical))

  it.each([
    ['nginx', { name: 'nginx' }],
    ['nginx:1.25', { name: 'nginx', tag: '1.25' }],
    ['localhost:5000/web', { name: 'localhost:5000/web' }],
    ['localhost:5000/web:v1', { name: 'localhost:5000/web', tag: 'v1' }],
    [`ghcr.io/shop/web@${digest}`, { name: 'ghcr.io/shop/web', digest }],
    [`ghcr.io/shop/web:v1@${digest}`, { name: 'ghcr.io/shop/web', tag: 'v1', digest }],
    ['', undefined],
    ['{{ .Values.image }}', undefined],
    ['nginx:', undefined],
    ['web/', undefined],
  ])('takes "%s" apart', (written, parts) => expect(parseImageReference(written)).toEqual(parts))

  it('puts together what it took apart, and names it once', () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
    const host = fc.oneof(part, fc.constant('localhost:5000'), fc.constant('ghcr.io'))
    fc.assert(
      fc.property(host, fc.array(part, { maxLength: 2 }), fc.option(part, { nil: undefined }), (first, rest, tag) => {
        const name = [first.includes(':') && rest.length === 0 ? 'web' : first, ...rest].join('/')
        const written = formatImageReference({ name, ...(tag === undefined ? {} : { tag }) })
        expect(parseImageReference(written)?.name).toBe(name)
        expect(formatImageReference(parseImageReference(written)!)).toBe(written)
        expect(canonicalImageName(canonicalImageName(name))).toBe(canonicalImageName(name))
      }),
    )
  })
})
