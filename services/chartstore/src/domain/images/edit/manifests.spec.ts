import fc from 'fast-check'
import { digest, file, to, web } from '../../../../test/image-edits'
import type { WantedVersion } from './edited'
import { editManifests, findInManifests } from './manifests'

const deployment = `# the shop
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}   # inline
spec:
  template:
    spec:
      initContainers:
        - { name: migrate, image: 'ghcr.io/shop/web:1.0.0', args: ["up"] }
      containers:
      - name: web
        image: ghcr.io/shop/web:1.0.0 # {"$imagepolicy": "flux"}
      - image: "ghcr.io/shop/web:1.0.0"
        name: worker
      - name: proxy
        image: nginx:1.0.0


---
apiVersion: batch/v1
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - name: web
            image: >-
              ghcr.io/shop/web:1.0.0
`

describe('services/chartstore/src/domain/images/edit/manifests', () => {
  it('changes every container that runs the image, and no other byte (A18)', () => {
    const { text, changes } = editManifests(file(deployment), web.name, to('1.1.0'))
    expect(text).toBe(deployment.replaceAll('shop/web:1.0.0', 'shop/web:1.1.0'))
    expect(changes.map(({ field }) => field)).toEqual([
      '[0].spec.template.spec.initContainers[0].image',
      '[0].spec.template.spec.containers[0].image',
      '[0].spec.template.spec.containers[1].image',
      '[1].spec.jobTemplate.spec.template.spec.containers[0].image',
    ])
    expect(editManifests(file(text), web.name, to('1.1.0'))).toEqual({ text, changes: [] })
  })

  it('keeps the ends of lines as they are', () => {
    const crlf = deployment.replaceAll('\n', '\r\n')
    const { text } = editManifests(file(crlf), web.name, to('1.1.0'))
    expect(text).toBe(crlf.replaceAll('shop/web:1.0.0', 'shop/web:1.1.0'))
  })

  it('knows an image by all its names, and keeps the one that is written', () => {
    const pod = (image: string) => `spec:\n  containers:\n  - image: ${image}\n`
    for (const name of ['nginx', 'library/nginx', 'docker.io/nginx', 'docker.io/library/nginx'])
      expect(editManifests(file(pod(`${name}:1.0`)), 'docker.io/library/nginx', to('1.1')).text).toBe(
        pod(`${name}:1.1`),
      )
    expect(editManifests(file(pod('other/nginx:1.0')), 'docker.io/library/nginx', to('1.1')).changes).toEqual([])
    expect(editManifests(file(pod('nginx')), 'docker.io/library/nginx', to('1.1')).text).toBe(pod('nginx:1.1'))
  })

  it('pins by digest where that is asked for, or was done before', () => {
    const pod = (image: string) => `spec:\n  containers:\n  - image: ${image}\n`
    const edited = (image: string, wanted: WantedVersion) => editManifests(file(pod(image)), web.name, wanted).text
    const [a, b] = [digest('a'), digest('b')]
    expect(edited(`${web.name}:main`, to('main', { digest: b, isPinned: true }))).toBe(pod(`${web.name}:main@${b}`))
    expect(edited(`${web.name}@${a}`, to('main', { digest: b, isPinned: true }))).toBe(pod(`${web.name}@${b}`))
    expect(edited(`${web.name}:1.0@${a}`, to('1.1', { digest: b }))).toBe(pod(`${web.name}:1.1@${b}`))
    expect(edited(`${web.name}:1.0`, to('1.1', { digest: b }))).toBe(pod(`${web.name}:1.1`))
  })

  it('follows anchors, aliases and merges', () => {
    const text = `x: &base {image: ghcr.io/shop/web:1.0.0}
y: &image ghcr.io/shop/web:1.0.0
spec:
  containers:
  - <<: *base
    name: a
  - image: *image
  - image: &own ghcr.io/shop/web:1.0.0
  - image: *own
`
    expect(editManifests(file(text), web.name, to('2')).text).toBe(`x: &base {image: ghcr.io/shop/web:2}
y: &image ghcr.io/shop/web:1.0.0
spec:
  containers:
  - <<: *base
    name: a
  - image: ghcr.io/shop/web:2
  - image: &own ghcr.io/shop/web:2
  - image: *own
`)
  })

  it('edits JSON too', () => {
    const text = '{"spec": {"containers": [{"image": "ghcr.io/shop/web:1"}]}}'
    expect(editManifests(file(text), web.name, to('2')).text).toBe(text.replace('web:1', 'web:2'))
  })

  it('names file and line of what can not be read', () =>
    expect(() => editManifests(file('image: web\na: [\n'), web.name, to('2'))).toThrow(
      /^app.yaml:\d is not readable YAML: /,
    ))

  it('changes only what it means to, whatever the file looks like', () => {
    const value = fc.constantFrom(
      'ghcr.io/shop/web:1.0',
      '"ghcr.io/shop/web:1.0"',
      "'ghcr.io/shop/web:1.0'",
      'nginx:1',
      '&a ghcr.io/shop/web:1.0',
    )
    const comment = fc.constantFrom('', ' # ghcr.io/shop/web:1.0', '   # "\'#')
    const name = fc.constantFrom(
      'name: a',
      'args: [web, "ghcr.io/shop/web:1.0"]',
      'env: {A: "ghcr.io/shop/web:1.0", B: }',
    )
    const container = fc
      .tuple(value, comment, name, fc.boolean())
      .map(([image, behind, other, first]) =>
        first ? `  - image: ${image}${behind}\n    ${other}\n` : `  - ${other}${behind}\n\n    image: ${image}\n`,
      )
    const pod = fc.tuple(
      fc.array(container, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('containers', 'initContainers', 'volumes'),
    )
    const document = pod.map(([items, list]) => `# top\nkind: Pod\nspec:\n  ${list}:\n${items.join('')}  hostname: x\n`)
    const text = fc.tuple(
      fc.array(document, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('', '\ufeff'),
    )
    fc.assert(
      fc.property(text, ([documents, eol, mark]) => {
        const before = mark + documents.join('---\n').replaceAll('\n', eol)
        const { text: after, changes } = editManifests(file(before), web.name, to('1.1'))
        expect(after.length).toBe(before.length)
        const changed = Array.from(after).filter((char, at) => char !== before[at])
        expect(changed).toEqual(changes.map(() => '1'))
        const found = findInManifests(file(after), web.name)
        expect(found.every(({ reference }) => reference.tag === '1.1')).toBe(true)
        expect(editManifests(file(after), web.name, to('1.0')).text).toBe(before)
      }),
    )
  })
})
