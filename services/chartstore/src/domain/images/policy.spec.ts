import { readPolicies } from './policy'

const messages = (annotations: Record<string, string>) => {
  const { images, problems } = readPolicies(annotations)
  return [...images.flatMap((image) => image.problems), ...problems].map(({ message }) => message)
}
const prefix = 'annotation argocd-image-updater.argoproj.io/'

describe('services/chartstore/src/domain/images/policy', () => {
  it('reads images with alias, constraint and registry (A18)', () => {
    const list = 'web=ghcr.io/shop/web:~1.2, nginx ,api=localhost:5000/shop/api:v1'
    expect(readPolicies({ 'image-list': list }).images).toMatchObject([
      { alias: 'web', image: 'ghcr.io/shop/web', name: 'ghcr.io/shop/web', constraint: '~1.2', strategy: 'semver' },
      { alias: 'nginx', image: 'nginx', name: 'docker.io/library/nginx', constraint: '' },
      { alias: 'api', image: 'localhost:5000/shop/api', constraint: 'v1' },
    ])
  })

  it("prefers an image's own annotation to the application's (A18)", () => {
    const { images } = readPolicies({
      'image-list': 'a/b=shop/web:main,api=shop/api',
      'update-strategy': 'latest',
      'a_b.update-strategy': 'digest',
      'ignore-tags': 'latest, main',
      'api.allow-tags': 'regexp:^v',
      'api.platforms': 'linux/amd64,linux/arm64',
      'force-update': 'true',
      'api.force-update': 'false',
      'pull-secret': 'pullsecret:shop/registry',
    })
    expect(images).toMatchObject([
      { alias: 'a_b', strategy: 'digest', ignore: ['latest', 'main'], allow: 'any', isForced: true },
      { alias: 'api', strategy: 'newest-build', allow: 'regexp:^v', platforms: ['linux/amd64', 'linux/arm64'] },
    ])
    expect(images[1]).toMatchObject({ isForced: false, pullSecret: 'pullsecret:shop/registry', problems: [] })
  })

  it('reads the parameters of a chart: image-spec beats name and tag, which have defaults (A18)', () => {
    const helm = (more: Record<string, string>) =>
      readPolicies({ 'image-list': 'web=shop/web', ...more }).images[0]?.helm
    expect(helm({})).toMatchObject({ spec: '', name: 'image.name', tag: 'image.tag' })
    expect(helm({ 'web.helm.image-tag': 'web.tag' })).toMatchObject({ spec: '', name: '', tag: 'web.tag' })
    expect(helm({ 'web.helm.image-tag': 'tag', 'web.helm.image-spec': 'web.image' })).toMatchObject({
      spec: 'web.image',
      tag: '',
    })
  })

  it('reads where to write (A18)', () => {
    const writeBack = (annotations: Record<string, string>) => readPolicies(annotations).writeBack
    expect(writeBack({})).toEqual({ target: { kind: 'default' }, branch: '' })
    expect(
      writeBack({ 'write-back-method': 'git:secret:argocd/creds', 'write-back-target': 'kustomization:../base' }),
    ).toEqual({ target: { kind: 'kustomization', path: '../base' }, branch: '' })
    expect(writeBack({ 'write-back-target': 'helmvalues:/values/web.yaml', 'git-branch': 'main' })).toEqual({
      target: { kind: 'helmvalues', path: '/values/web.yaml' },
      branch: 'main',
    })
  })

  it.each([
    [{ 'image-list': 'a=b=c' }, 'image-list: "a=b=c" names no image: write [alias=]image[:constraint]'],
    [
      { 'image-list': 'web=shop/web', 'web.update-strategy': 'newest' },
      'web.update-strategy: "newest" is no strategy: write semver, newest-build, digest or alphabetical',
    ],
    [
      { 'image-list': 'shop/web', 'update-strategy': 'digest' },
      'image-list: "shop/web" names no tag to follow: write image:tag, as the strategy digest needs it',
    ],
    [
      { 'image-list': 'shop/web:latest' },
      'image-list: "shop/web:latest" has the constraint "latest", which is none of versions: write one such as ~1.2, or choose another update-strategy',
    ],
    [
      { 'image-list': 'web=shop/web', 'web.allow-tags': '^v' },
      'web.allow-tags: "^v" is no pattern and lets no tag through: write any, or regexp: and an expression',
    ],
    [
      { 'write-back-method': 'argocd' },
      'write-back-method: "argocd" changes live parameters, which no commit tells of, and is not supported: write git',
    ],
    [{ 'write-back-method': 'svn' }, 'write-back-method: "svn" is no method: write git'],
    [
      { 'write-back-target': 'helmvalues' },
      'write-back-target: "helmvalues" is no target: write kustomization, kustomization:path or helmvalues:path',
    ],
    [
      { 'git-branch': 'main:images-{{.SHA256}}' },
      'git-branch: "main:images-{{.SHA256}}" writes to a branch of its own, which is not supported yet: write main alone',
    ],
    [
      { 'git-repository': 'https://git.example/other' },
      'git-repository: "https://git.example/other" is not supported: remove it; the repository of the source is written to',
    ],
  ])('says what is wrong with %j', (annotations, message) =>
    expect(messages(annotations)).toEqual([`${prefix}${message}`]),
  )

  it('follows neither of two images under one alias', () =>
    expect(messages({ 'image-list': 'web=shop/web,web=shop/api' })).toEqual(
      Array(2).fill(`${prefix}image-list: "web" stands for two images: give each an alias of its own`),
    ))
})
