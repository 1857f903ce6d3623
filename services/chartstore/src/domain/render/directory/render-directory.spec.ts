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

  it('C12.2 names file and field of an object that is not one', () => {
    const { problems } = render({ 'a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {}\n', 'b.yaml': 'just text' })
    expect(problems).toHaveLength(2)
    expect(problems[0]).toMatchObject({ reason: 'InvalidObject', file: 'a.yaml', field: 'metadata.name' })
    expect(problems[1]?.message).toContain('b.yaml')
  })

  it('follows a link to a file of the source and refuses any other', () => {
    expect(render({ 'a.yaml': '-> base.yaml', 'base.yaml': manifest('base') }).names).toEqual(['base', 'base'])
    const { problems } = render({ 'a.yaml': '-> ../../etc/passwd', 'b.yaml': '-> /etc/passwd', 'c.yaml': '-> c.yaml' })
    expect(problems.map(({ reason }) => reason)).toEqual(['LinkRefused', 'LinkRefused', 'LinkRefused'])
  })
})
