import type { DeclaredSource } from '@k8or/contracts'
import { readHelmBlock, type HelmBlock } from './helm-block'
import { parametersOf } from './parameters'

const parameters = (...given: object[]) => {
  const source: DeclaredSource = { repoURL: 'r', path: '', targetRevision: '', helm: { parameters: given } }
  return parametersOf(readHelmBlock(source) as HelmBlock, { substitute: (text) => text })
}

describe('services/chartstore/src/domain/render/helm/parameters', () => {
  it('A4.2 takes the last of a name', () => {
    expect(parameters({ name: 'a', value: '1' }, { name: 'a', value: '2' }).set).toEqual(['a=2'])
  })

  it('A4.2 keeps commas as part of a value, but in lists', () => {
    const given = ['x,y', 'x\\,y', '{x,y}', ','].map((value, index) => ({ name: String(index), value }))
    expect(parameters(...given).set).toEqual(['0=x\\,y', '1=x\\,y', '2={x,y}', '3=\\,'])
  })

  it('A4.2 keeps what is forced to be text apart', () => {
    expect(parameters({ name: 'a', value: '1', forceString: true })).toEqual({ set: [], setString: ['a=1'] })
  })

  it('names the field that can not be read', () => {
    const source: DeclaredSource = { repoURL: 'r', path: '', targetRevision: '', helm: { valueFiles: 'x' } }
    expect(readHelmBlock(source)).toMatchObject({ problem: { field: 'spec.source.helm.valueFiles' } })
  })
})
