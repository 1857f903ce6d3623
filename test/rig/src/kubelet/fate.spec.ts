import { fateByTag } from './fate'

describe('test/rig/src/kubelet/fate', () => {
  it.each([
    ['nginx', 'runs'],
    ['nginx:1.27', 'runs'],
    ['localhost:5000/shop/web', 'runs'],
    ['localhost:5000/shop/web:bad', 'unpullable'],
    ['web:bad-7@sha256:00', 'unpullable'],
    ['web:crash', 'crashes'],
    ['web:unready', 'unready'],
    ['migrate:fail', 'fails'],
    ['bad/web:1', 'runs'],
  ] as const)('reads %s as %s', (image, fate) => {
    expect(fateByTag(image)).toBe(fate)
  })
})
