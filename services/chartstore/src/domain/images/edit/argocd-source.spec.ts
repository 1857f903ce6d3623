import { file, keys, to, web } from '../../../../test/image-edits'
import { editOverrides, editParameters, findInOverrides, findInParameters } from './argocd-source'

describe('services/chartstore/src/domain/images/edit/argocd-source', () => {
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
