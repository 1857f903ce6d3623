import { formatPath } from './diff-fields'
import { diffSets } from './diff-sets'
import type { KubeObject } from './kube-object'

const deployment = (image: string, replicas: number): KubeObject => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
  spec: { replicas, template: { spec: { containers: [{ name: 'web', image }] } } },
})
const secret = (password: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' } },
  stringData: { password },
})
const named = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

describe('libs/kube-objects/src/diff-sets', () => {
  it('tells what was added, removed and changed, images first', () => {
    const before = [named('gone'), named('same'), secret('one'), deployment('web:1', 1)]
    const changes = diffSets(before, [named('same'), secret('two'), deployment('web:2', 2), named('new')])
    expect(
      changes.map(({ change, ref, fields }) => [change, ref.name, fields.map(({ path }) => formatPath(path))]),
    ).toEqual([
      ['changed', 'web', ['.spec.template.spec.containers[0].image', '.spec.replicas']],
      ['removed', 'gone', []],
      ['changed', 'db', ['.stringData.password']],
      ['added', 'new', []],
    ])
  })

  it('shows no value of a Secret', () => {
    expect(JSON.stringify(diffSets([secret('hunter2')], [secret('swordfish')]))).not.toMatch(/hunter2|swordfish/)
  })

  it('finds nothing in equal sets', () => {
    expect(diffSets([named('a'), deployment('web:1', 1)], [deployment('web:1', 1), named('a')])).toEqual([])
  })
})
