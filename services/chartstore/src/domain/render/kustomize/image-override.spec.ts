import { readImageOverride } from './image-override'

describe('services/chartstore/src/domain/render/kustomize/image-override', () => {
  it.each([
    ['web', { name: 'web' }],
    ['web:1', { name: 'web', newTag: '1' }],
    ['r.example:5000/web', { name: 'r.example:5000/web' }],
    ['r.example:5000/web:1', { name: 'r.example:5000/web', newTag: '1' }],
    ['web@sha256:ab', { name: 'web', digest: 'sha256:ab' }],
    ['web:1@sha256:ab', { name: 'web', newTag: '1', digest: 'sha256:ab' }],
    ['web=r.example:5000/new', { name: 'web', newName: 'r.example:5000/new' }],
    ['web=new:2', { name: 'web', newName: 'new', newTag: '2' }],
    ['web=new@sha256:ab', { name: 'web', newName: 'new', digest: 'sha256:ab' }],
  ])('A4.3 reads %s', (text, entry) => {
    expect(readImageOverride(text)).toEqual(entry)
  })
})
