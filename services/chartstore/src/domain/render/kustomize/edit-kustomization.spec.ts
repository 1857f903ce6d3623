import { editKustomization, hasEdits, type Kustomization } from './edit-kustomization'
import { readKustomizeBlock, type KustomizeBlock } from './kustomize-block'

const environment = { substitute: (text: string) => text.replace('$X', 'x') }
const blockOf = (kustomize: object) =>
  readKustomizeBlock({ repoURL: 'r', path: '', targetRevision: '', kustomize: { ...kustomize } }) as KustomizeBlock
const edit = (kustomization: Kustomization, kustomize: object) =>
  editKustomization(kustomization, blockOf(kustomize), environment)

describe('services/chartstore/src/domain/render/kustomize/edit-kustomization', () => {
  it('A4.3 puts an image in the place of one of its name, in order of the names', () => {
    const images = [{ name: 'b', newName: 'other', newTag: '1' }, { name: 'c' }]
    expect(edit({ images }, { images: ['b:2', 'a=$X:1'] })).toEqual({
      edited: { images: [{ name: 'a', newName: 'x', newTag: '1' }, { name: 'b', newTag: '2' }, { name: 'c' }] },
    })
  })

  it('A4.3 appends patches and components to those of the file', () => {
    const file = { patches: [{ path: 'a' }], components: ['a'] }
    expect(edit(file, { patches: [{ path: 'b' }], components: ['b'] })).toEqual({
      edited: { patches: [{ path: 'a' }, { path: 'b' }], components: ['a', 'b'] },
    })
  })

  it('A4.3 refuses labels and annotations that are already there, unless forced', () => {
    expect(edit({ commonLabels: { a: '1' } }, { commonLabels: { a: '2' } })).toMatchObject({
      problem: {
        field: 'spec.source.kustomize.commonLabels',
        message: expect.stringContaining('set forceCommonLabels') as string,
      },
    })
    expect(edit({ labels: [{ pairs: { a: '1' } }] }, { commonLabels: { a: '2' } })).toHaveProperty('problem')
    expect(edit({ commonAnnotations: { a: '1' } }, { commonAnnotations: { a: '2' } })).toHaveProperty('problem')
    const forced = { commonLabels: { a: '2' }, forceCommonLabels: true }
    expect(edit({ commonLabels: { a: '1', b: '1' } }, forced)).toEqual({ edited: { commonLabels: { a: '2', b: '1' } } })
  })

  it('A4.3 writes labels beside the selectors where that is asked', () => {
    const block = { commonLabels: { a: '$X' }, labelWithoutSelector: true, labelIncludeTemplates: true }
    expect(edit({}, block)).toEqual({
      edited: { labels: [{ pairs: { a: 'x' }, includeSelectors: false, includeTemplates: true }] },
    })
  })

  it('A4.3 replaces variables in annotations only where that is asked', () => {
    expect(edit({}, { commonAnnotations: { a: '$X' } })).toEqual({ edited: { commonAnnotations: { a: '$X' } } })
    const asked = { commonAnnotations: { a: '$X' }, commonAnnotationsEnvsubst: true }
    expect(edit({}, asked)).toEqual({ edited: { commonAnnotations: { a: 'x' } } })
  })

  it('takes a count of replicas as number or text', () => {
    expect(edit({ replicas: [{ name: 'a', count: 1 }] }, { replicas: [{ name: 'a', count: '3' }] })).toEqual({
      edited: { replicas: [{ name: 'a', count: 3 }] },
    })
  })

  it('knows whether anything is edited', () => {
    expect(hasEdits(blockOf({ version: 'v5' }))).toBe(false)
    expect(hasEdits(blockOf({ namespace: 'x' }))).toBe(true)
  })
})
