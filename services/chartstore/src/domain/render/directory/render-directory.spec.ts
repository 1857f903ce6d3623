import type { SourceFile, SourceToRender } from '../rendering'
import { renderDirectory } from './render-directory'

const manifest = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`

function files(contents: Record<string, string>): SourceFile[] {
  return Object.entries(contents).map(([path, text]) => ({
    path,
    content: Buffer.from(text.replace(/^-> /, '')),
    isLink: text.startsWith('-> '),
  }))
}

function render(contents: Record<string, string>, directory: Record<string, unknown> = {}) {
  const source: SourceToRender = { repoURL: 'https://git.example/x.git', path: 'app', targetRevision: '', directory }
  const { objects, problems } = renderDirectory(source, files(contents))
  return { names: objects.map(({ object }) => object.metadata.name), problems }
}

describe('services/chartstore/src/domain/render/directory/render-directory', () => {
  it('A4.4 reads files in the order of their names, only of the folder itself', () => {
    const { names } = render({
      'b.yaml': manifest('b'),
      'a.yml': manifest('a'),
      'deep/c.yaml': manifest('c'),
      'x.txt': 'no',
    })
    expect(names).toEqual(['a', 'b'])
  })

  it('A4.4 reads folders below when asked, and exclude beats include', () => {
    const contents = { 'a.yaml': manifest('a'), 'deep/b.yaml': manifest('b'), 'deep/c.yaml': manifest('c') }
    expect(render(contents, { recurse: true }).names).toEqual(['a', 'b', 'c'])
    expect(render(contents, { recurse: true, include: 'deep/*', exclude: '{*/c.yaml,x}' }).names).toEqual(['b'])
  })

  it('A4.4 passes over a file that says so, and over YAML that is not meant for Kubernetes', () => {
    const contents = {
      'a.yaml': `# +argocd:skip-file-rendering\n${manifest('a')}`,
      'b.yaml': 'not: [closed',
      'c.yaml': manifest('c'),
    }
    expect(render(contents)).toEqual({ names: ['c'], problems: [] })
  })

  it('A4.4 expands lists and reads JSON', () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }],
    })
    expect(render({ 'l.json': list }).names).toEqual(['s'])
  })

  it('C12.2 names file, document and field of an object that is not one', () => {
    const two = `${manifest('a')}---\napiVersion: v1\nkind: Secret\nmetadata: {}\n`
    const { problems } = render({
      'a.yaml': two,
      'b.json': '{"kind":"Secret","metadata":{"name":"b"}}',
      'c.json': '[]',
    })
    expect(problems.map(({ file, field }) => [file, field])).toEqual([
      ['a.yaml', 'metadata.name'],
      ['b.json', 'apiVersion'],
      ['c.json', undefined],
    ])
    expect(problems[0]).toMatchObject({
      reason: 'InvalidObject',
      message: expect.stringMatching(/^a.yaml document 2: Secret/),
    })
    expect(problems[1]?.message).toContain('b.json: Secret b: field apiVersion')
  })

  it('A4.4 passes over YAML that is no object and does not look like one, and refuses a mixture', () => {
    expect(render({ 'values.yaml': 'replicas: 3\n', 'notes.yaml': 'just text' })).toEqual({ names: [], problems: [] })
    expect(render({ 'a.yaml': `${manifest('a')}---\nreplicas: 3\n` }).problems).toHaveLength(1)
    expect(render({ 'a.yaml': 'apiVersion: v1\nmetadata: { name: a }\n# kind: gone\n' }).problems[0]?.field).toBe(
      'kind',
    )
  })

  it('A4.4 reads every file when asked, and files in UTF-16', () => {
    expect(render({ manifest: manifest('a') }, { disableExtensionFilter: true }).names).toEqual(['a'])
    const source: SourceToRender = { repoURL: 'https://git.example/x.git', path: 'app', targetRevision: '' }
    const content = Buffer.from(`\ufeff${manifest('wide')}`, 'utf16le')
    const { objects } = renderDirectory(source, [{ path: 'a.yaml', content, isLink: false }])
    expect(objects[0]?.object.metadata.name).toBe('wide')
  })

  it('names jsonnet, which is not rendered yet', () => {
    expect(render({ 'a.jsonnet': '{}' }).problems[0]).toMatchObject({ reason: 'ToolNotSupported', file: 'a.jsonnet' })
    expect(render({ 'a.jsonnet': '{}' }, { exclude: '*.jsonnet' }).problems).toEqual([])
  })

  it('A4.4 takes links as they were followed: outside is refused, what leads nowhere is passed over', () => {
    const source: SourceToRender = { repoURL: 'https://git.example/x.git', path: 'app', targetRevision: '' }
    const link = (path: string, how: NonNullable<SourceFile['link']>, text = '') => {
      return { path, content: Buffer.from(text), isLink: true, link: how }
    }
    const linked = [
      link('a.yaml', 'followed', manifest('a')),
      link('b.yaml', 'dangling', 'gone.yaml'),
      link('c.yaml', 'directory', '../base'),
      link('d.yaml', 'outside', '/etc/passwd'),
      link('e.yaml', 'loop', 'e.yaml'),
    ]
    const { objects, problems } = renderDirectory(source, linked)
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(['a'])
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('/etc/passwd leads out of the repository'),
      expect.stringContaining('leads to itself'),
    ])
  })

  it('follows a link to a file of the source and refuses any other', () => {
    expect(render({ 'a.yaml': '-> base.yaml', 'base.yaml': manifest('base') }).names).toEqual(['base', 'base'])
    const { problems } = render({ 'a.yaml': '-> ../../etc/passwd', 'b.yaml': '-> /etc/passwd', 'c.yaml': '-> c.yaml' })
    expect(problems.map(({ reason }) => reason)).toEqual(['LinkRefused', 'LinkRefused', 'LinkRefused'])
  })
})
