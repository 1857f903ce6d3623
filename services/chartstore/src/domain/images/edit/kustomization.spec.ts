import fc from 'fast-check'
import { digest, file, to, web } from '../../../../test/image-edits'
import { editKustomization, findInKustomization } from './kustomization'

describe('services/chartstore/src/domain/images/edit/kustomization', () => {
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
  ])('adds an entry to %j', (before, after) => expect(editKustomization(file(before), web, to('v1')).text).toBe(after))

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
