import { parseImageName } from './registry-address'

describe('services/codesource/src/domain/image/registry-address', () => {
  it.each([
    ['nginx', 'docker.io', 'registry-1.docker.io', undefined, 'library/nginx'],
    ['ghcr.io/shop/web', 'ghcr.io', 'ghcr.io', undefined, 'shop/web'],
    ['localhost:5000/a__b/c-d.e', 'localhost:5000', 'localhost', 5000, 'a__b/c-d.e'],
  ])('finds %s', (name, registry, host, port, path) => {
    expect(parseImageName(name)).toMatchObject({ registry, host, port, path })
  })

  it.each([
    'ghcr.io/Shop/web',
    'ghcr.io/../v2/_catalog',
    'ghcr.io/a?b',
    'ghcr.io/a b',
    'e vil.io/a',
    'a.b:99999/c',
    'a@b.c/d',
  ])('refuses what is no image: %s', (name) => expect(() => parseImageName(name)).toThrow('can not be asked for'))
})
