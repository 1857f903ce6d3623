import fc from 'fast-check'
import { parseAllDocuments } from 'yaml'
import { editOverrides, editParameters, findInOverrides, findInParameters } from './argocd-source'
import type { TextFile, WantedVersion } from './edited'
import { editKustomization, findInKustomization } from './kustomization'
import { editManifests, findInManifests } from './manifests'
import { editValues, findInValues } from './values'

const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const to = (tag: string, more: Partial<WantedVersion> = {}): WantedVersion => ({ tag, isPinned: false, ...more })
const file = (text: string, path = 'app.yaml'): TextFile => ({ path, text })
const web = { name: 'ghcr.io/shop/web', original: 'ghcr.io/shop/web', image: 'ghcr.io/shop/web' }
const keys = { spec: '', name: 'image.name', tag: 'image.tag' }

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

describe('services/chartstore/src/domain/images/edit/edit-files', () => {
  describe('manifests', () => {
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
      const document = pod.map(
        ([items, list]) => `# top\nkind: Pod\nspec:\n  ${list}:\n${items.join('')}  hostname: x\n`,
      )
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

  describe('kustomizations', () => {
    const text = `# base
resources: [../base]
images:
# the web
- name: ghcr.io/shop/web   # name
  newTag: "1.0"  # tag
- {name: nginx, newTag: v1}
patches: []
`
    it('sets the tag of an entry (A18)', () => {
      const { text: edited, changes } = editKustomization(file(text), web, to('1.10'))
      expect(edited).toBe(text.replace('"1.0"', '"1.10"'))
      expect(changes).toEqual([{ field: 'images[0].newTag', from: '1.0', to: '1.10' }])
      expect(findInKustomization(file(edited), web)[0]?.reference).toEqual({ name: web.name, tag: '1.10' })
    })

    it('quotes a tag that would be read as a number', () => {
      const nginx = { name: 'docker.io/library/nginx', original: 'nginx', image: 'nginx' }
      for (const tag of ['1.10', '12e4567', '0x10', '1_0', 'on', '2026-01-02', '1:30'])
        expect(editKustomization(file(text), nginx, to(tag)).text).toBe(text.replace('v1', `"${tag}"`))
      expect(editKustomization(file(text), nginx, to('1.25.3')).text).toBe(text.replace('v1', '1.25.3'))
    })

    it('adds an entry behind the others, with the new name where it is another (A18)', () => {
      const api = { name: 'ghcr.io/shop/api', original: 'api', image: 'ghcr.io/shop/api' }
      expect(editKustomization(file(text), api, to('v1')).text).toBe(
        text.replace('patches', '- name: api\n  newName: ghcr.io/shop/api\n  newTag: v1\npatches'),
      )
    })

    it.each([
      ['resources: [a]', 'resources: [a]\nimages:\n- name: ghcr.io/shop/web\n  newTag: v1'],
      [
        'resources:\n- a # last\n# end\n',
        'resources:\n- a # last\nimages:\n- name: ghcr.io/shop/web\n  newTag: v1\n# end\n',
      ],
      ['images:\nresources: [a]\n', 'images:\n- name: ghcr.io/shop/web\n  newTag: v1\nresources: [a]\n'],
      ['images: # none\nx: 1\n', 'images: # none\n- name: ghcr.io/shop/web\n  newTag: v1\nx: 1\n'],
      ['images: []\n', 'images: [{name: ghcr.io/shop/web, newTag: v1}]\n'],
      ['images: [{name: a, newTag: b}]\n', 'images: [{name: a, newTag: b}, {name: ghcr.io/shop/web, newTag: v1}]\n'],
      [
        'images:\r\n  - name: a\r\n    newTag: b\r\n',
        'images:\r\n  - name: a\r\n    newTag: b\r\n  - name: ghcr.io/shop/web\r\n    newTag: v1\r\n',
      ],
      ['', 'images:\n- name: ghcr.io/shop/web\n  newTag: v1\n'],
      ['# nothing yet\n', '# nothing yet\nimages:\n- name: ghcr.io/shop/web\n  newTag: v1\n'],
    ])('adds an entry to %j', (before, after) =>
      expect(editKustomization(file(before), web, to('v1')).text).toBe(after),
    )

    it('sets a digest beside or instead of the tag', () => {
      const pinned = to('main', { digest: digest('b'), isPinned: true })
      const entry = (more: string) => `images:\n- name: ghcr.io/shop/web\n${more}\n`
      expect(editKustomization(file(entry('  newTag: main')), web, pinned).text).toBe(
        entry(`  newTag: main\n  digest: ${digest('b')}`),
      )
      expect(editKustomization(file(entry(`  digest: ${digest('a')}`)), web, pinned).text).toBe(
        entry(`  digest: ${digest('b')}`),
      )
    })

    it('names the wanted version, once, and keeps every other line, whatever the file looks like', () => {
      const entry = fc.constantFrom(
        '- name: ghcr.io/shop/web\n  newTag: "1"\n',
        '- {name: ghcr.io/shop/web, newTag: v1} # web\n',
        '- newTag: v1\n  name: ghcr.io/shop/web # of it\n',
        '- name: nginx\n  newTag: v1\n\n',
        '# an image\n- name: api # "\n  newName: b\n  digest: sha256:00\n',
      )
      const images = fc.oneof(
        fc.array(entry, { maxLength: 3 }).map((all) => (all.length === 0 ? '' : `images:\n${all.join('')}`)),
        fc.constantFrom('images: []\n', 'images: # none\n', 'images: [{name: a, newTag: b}]\n'),
      )
      const around = fc.constantFrom('', '# top\n', 'resources:\n- a # ghcr.io/shop/web\n', 'namePrefix: "a-"\n\n')
      const tag = fc.constantFrom('v2', '1.10', '0x10', 'on', '12e4567', '2026-01-02', 'a_b.c-d')
      fc.assert(
        fc.property(
          fc.tuple(around, images, around),
          fc.constantFrom('\n', '\r\n'),
          tag,
          ([top, list, end], eol, wanted) => {
            fc.pre(top === '' || end === '' || top !== end)
            const before = `${top}${list}${end}`.replaceAll('\n', eol)
            const { text: after } = editKustomization(file(before), web, to(wanted))
            const found = findInKustomization(file(after), web)
            expect(found.map(({ reference }) => reference.tag)).toEqual(found.map(() => wanted))
            expect(found.length).toBeGreaterThan(0)
            expect(editKustomization(file(after), web, to(wanted))).toEqual({ text: after, changes: [] })
            const kept = before.split(eol).filter((line) => line !== '' && !/newTag|images: \[/.test(line))
            const lines = after.split(eol)
            expect(kept.filter((line) => !lines.includes(line))).toEqual([])
          },
        ),
      )
    })

    it('refuses a file whose images are no list', () =>
      expect(() => editKustomization(file('images: {a: b}\n', 'k.yaml'), web, to('1'))).toThrow(
        'k.yaml: images is no list: write a list of name and newTag',
      ))
  })

  describe('values', () => {
    const text = `# values
image: {name: ghcr.io/shop/web, tag: '1.0'} # both
web:
  # the sidecar
  sidecars:
    - image: ghcr.io/shop/web:1.0
  empty:
`
    it('sets name and tag, or both in one (A18)', () => {
      expect(editValues(file(text), keys, web.image, to('1.1')).text).toBe(text.replace("'1.0'", "'1.1'"))
      const spec = { spec: 'web.sidecars[0].image', name: '', tag: '' }
      expect(editValues(file(text), spec, web.image, to('1.1')).text).toBe(text.replace('web:1.0\n', 'web:1.1\n'))
      expect(findInValues(file(text), spec, web.image)[0]?.reference).toEqual({ name: web.name, tag: '1.0' })
    })

    it.each([
      ['web.tag', '  tag: v2\n', 'empty:\n'],
      ['web.image.tag', '  image:\n    tag: v2\n', 'empty:\n'],
      ['web.empty.tag', '    tag: v2\n', 'empty:\n'],
    ])('adds %s where it is not there', (tag, added, behind) =>
      expect(editValues(file(text), { spec: '', name: '', tag }, web.image, to('v2')).text).toBe(
        text.replace(behind, behind + added),
      ),
    )

    it('prefers a key that is literally so', () =>
      expect(
        editValues(file('image.tag: a\n'), { spec: '', name: '', tag: 'image.tag' }, web.image, to('b')).text,
      ).toBe('image.tag: b\n'))

    it('says where there is something else', () =>
      expect(() => editValues(file('image: [a]\n'), keys, web.image, to('b'))).toThrow(
        /^app.yaml: image.name can not be set/,
      ))

    it('changes one path only, whatever stands around it', () => {
      const name = fc.constantFrom('a', 'b', 'c')
      const leaf = fc.constantFrom<unknown>('1.0', 'x', 1, null, true)
      const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
        tree: fc.oneof({ depthSize: 'small' }, leaf, fc.dictionary(name, tie('tree'), { maxKeys: 3 })),
      }))
      const root = fc.dictionary(name, tree, { minKeys: 1 })
      fc.assert(
        fc.property(root, fc.array(name, { minLength: 1, maxLength: 3 }), (values, path) => {
          const before = file(JSON.stringify(values, undefined, 2).replace(/^\{$/m, '{ # top'))
          const tag = path.join('.')
          const edit = () => editValues(before, { spec: '', name: '', tag }, web.image, to('v9')).text
          const after = attempt(edit)
          if (after === undefined) return
          expect(valueOf(after)).toEqual(withValue(values, path))
        }),
      )
    })
  })

  describe('parameters of Argo CD', () => {
    const empty = file('', '.argocd-source-shop.yaml')

    it('writes the parameters of a chart (A18)', () => {
      const first = editParameters(empty, keys, web.image, to('1.0')).text
      expect(first).toBe(`helm:
  parameters:
  - name: image.name
    value: ghcr.io/shop/web
    forcestring: true
  - name: image.tag
    value: "1.0"
    forcestring: true
`)
      const { text, changes } = editParameters(file(first), keys, web.image, to('1.1'))
      expect(text).toBe(first.replace('"1.0"', '"1.1"'))
      expect(changes).toEqual(
        [{ field: 'helm.parameters[image.tag]', from: '1.0', to: '1.1' }].map((one) =>
          expect.objectContaining({ from: one.from, to: one.to }),
        ),
      )
      expect(findInParameters(file(text), keys, web.image)[0]?.reference).toEqual({ name: web.name, tag: '1.1' })
    })

    it('writes the images of a kustomization (A18)', () => {
      const first = editOverrides(empty, { ...web, original: 'web' }, to('1.0')).text
      expect(first).toBe('kustomize:\n  images:\n  - web=ghcr.io/shop/web:1.0\n')
      expect(editOverrides(file(first), { ...web, original: 'web' }, to('1.1')).text).toBe(first.replace('1.0', '1.1'))
      expect(findInOverrides(file(first), { ...web, original: 'web' })[0]?.reference.tag).toBe('1.0')
      expect(editOverrides(file(first), web, to('2')).text).toBe(`${first}  - ghcr.io/shop/web:2\n`)
    })
  })
})

function attempt(edit: () => string): string | undefined {
  try {
    return edit()
  } catch (error) {
    expect(String(error)).toMatch(/can not be set/)
    return undefined
  }
}

function valueOf(text: string): unknown {
  return parseAllDocuments(text)[0]?.toJS()
}

function withValue(values: unknown, [key = '', ...rest]: readonly string[]): unknown {
  const map = (values ?? {}) as Record<string, unknown>
  return { ...map, [key]: rest.length === 0 ? 'v9' : withValue(map[key], rest) }
}
