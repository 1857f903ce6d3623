import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pc from 'picocolors'
import type { OfflineContext } from '../context'
import type { Answer } from '../output/answer'
import { editFile, selectTag } from './offline'

const dir = mkdtempSync(join(tmpdir(), 'k8or-image-'))
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

/** Runs a command and keeps what it answers, writes and complains of. */
class Desk implements OfflineContext {
  answered: Answer | undefined
  written = ''
  readonly complaints: string[] = []
  readonly terminal = {
    isTTY: false,
    showsProgress: false,
    print: () => undefined,
    write: (text: string) => void (this.written += text),
    complain: (text: string) => void this.complaints.push(text),
    progress: () => undefined,
    colors: pc.createColors(false),
  }
  readonly answer = async (answer: Answer): Promise<void> => void (this.answered = answer)
}

describe('hosts/k8or/src/client/image/offline', () => {
  let desk: Desk
  beforeEach(() => (desk = new Desk()))
  afterAll(() => rmSync(dir, { recursive: true }))

  const rules = { strategy: 'semver', constraint: '', allow: 'any', ignore: [], platform: [] }

  it('selects a tag from names', async () => {
    const tags = file('tags.json', '["1.2.0", "1.3.0-rc.1", "v1.2.4", "latest"]')
    expect(await selectTag(desk, { ...rules, tags, constraint: '~1.2' })).toBe(0)
    expect(desk.answered?.data).toEqual({
      selected: 'v1.2.4',
      reason: 'v1.2.4 is the highest of 2 versions that ~1.2 admits',
    })
  })

  it('selects a tag from what a registry tells', async () => {
    const tags = file(
      'told.json',
      JSON.stringify([
        { name: 'b', created: '2026-01-01T00:00:00Z', digest: 'sha256:b', platforms: ['linux/amd64'] },
        { name: 'a', created: '2026-01-02T00:00:00Z', digest: 'sha256:a', platforms: ['linux/arm64'] },
      ]),
    )
    await selectTag(desk, { ...rules, tags, strategy: 'latest', platform: ['linux/amd64'] })
    expect(desk.answered?.data).toMatchObject({ selected: 'b' })
    await selectTag(desk, { ...rules, tags, strategy: 'digest', constraint: 'a' })
    expect(desk.answered?.data).toEqual({ selected: 'a', digest: 'sha256:a', reason: 'a is now sha256:a' })
  })

  it('answers no where nothing is admitted, and why', async () => {
    const tags = file('none.json', '["1.0-dev"]')
    expect(await selectTag(desk, { ...rules, tags, strategy: 'name', allow: '^v', ignore: ['*-dev,x'] })).toBe(1)
    expect(desk.answered?.data).toEqual({
      selected: null,
      reason: 'no tag is admitted: ignore-tags leaves 1.0-dev out',
    })
  })

  it('names what it can not read', async () => {
    await expect(selectTag(desk, { ...rules, tags: file('x.json', '[1]') })).rejects.toThrow(/x.json: 0: /)
    await expect(selectTag(desk, { ...rules, tags: file('y.json', '[') })).rejects.toThrow(/y.json is not JSON/)
    await expect(selectTag(desk, { ...rules, tags: file('z.json', '[]'), strategy: 'x' })).rejects.toThrow(
      '"x" is no strategy',
    )
  })

  it.each([
    [
      'pod.yaml',
      'spec:\r\n  containers:\r\n  - image: "nginx:1" # c',
      '1.2',
      'spec:\r\n  containers:\r\n  - image: "nginx:1.2" # c',
    ],
    [
      'pod.yaml',
      'spec: {containers: [{image: nginx:1}]}\n',
      'sha256:' + 'a'.repeat(64),
      `spec: {containers: [{image: nginx@sha256:${'a'.repeat(64)}}]}\n`,
    ],
    [
      'pod.yaml',
      'spec: {containers: [{image: nginx:1}]}\n',
      'ghcr.io/my/nginx:2',
      'spec: {containers: [{image: ghcr.io/my/nginx:2}]}\n',
    ],
    [
      'kustomization.yaml',
      'images:\n- name: nginx\n  newTag: a\n',
      '1.10',
      'images:\n- name: nginx\n  newTag: "1.10"\n',
    ],
    ['k.yaml', 'kind: Kustomization\n', 'a', 'kind: Kustomization\nimages:\n- name: nginx\n  newTag: a\n'],
  ])('prints %s with another version, %j as %s', async (name, text, to, edited) => {
    expect(await editFile(desk, { file: file(name, text), image: 'nginx', to })).toBe(0)
    expect(desk.written).toBe(edited)
  })

  it('edits a key of values, whole references and versions alike', async () => {
    const values = file('values.yaml', 'image: {tag: "1"}\nall: docker.io/nginx:1\n')
    await editFile(desk, { file: values, image: 'nginx', to: '2', key: 'image.tag' })
    expect(desk.written).toBe('image: {tag: "2"}\nall: docker.io/nginx:1\n')
    desk.written = ''
    await editFile(desk, { file: values, image: 'nginx', to: '2', key: 'all' })
    expect(desk.written).toBe('image: {tag: "1"}\nall: docker.io/nginx:2\n')
    expect(await editFile(desk, { file: values, image: 'nginx', to: '2', key: 'image.tags' })).toBe(1)
    expect(desk.complaints).toEqual([`k8or: ${values} has no image.tags`])
  })

  it('answers no where the file does not name the image, and can not tell where it can not be read', async () => {
    const pod = file('other.yaml', 'spec: {containers: [{image: nginx:1}]}\n')
    expect(await editFile(desk, { file: pod, image: 'redis', to: '1' })).toBe(1)
    await expect(editFile(desk, { file: pod, image: 'nginx', to: 'a b' })).rejects.toThrow('"a b" names no version')
    const broken = file('broken.yaml', 'a: [\n')
    await expect(editFile(desk, { file: broken, image: 'nginx', to: '1' })).rejects.toThrow(
      /broken.yaml:\d is not readable YAML/,
    )
    writeFileSync(broken, Buffer.from([0xff, 0xfe, 0x61, 0]))
    await expect(editFile(desk, { file: broken, image: 'nginx', to: '1' })).rejects.toThrow(/is not UTF-8/)
  })
})
