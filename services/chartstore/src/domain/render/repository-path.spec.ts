import { isWithin, pathFrom } from './repository-path'

describe('services/chartstore/src/domain/render/repository-path', () => {
  it.each([
    ['apps/eu', '../../base', 'base'],
    ['apps/eu', './x//y', 'apps/eu/x/y'],
    ['apps/eu', '/x', 'x'],
    ['', '.', ''],
    ['apps', '../..', undefined],
    ['apps', '/../x', undefined],
  ])('from %s, %s is %s', (folder, path, found) => {
    expect(pathFrom(folder, path)).toBe(found)
  })

  it('knows what lies within a folder', () => {
    expect([isWithin('a', 'a/b'), isWithin('a', 'a'), isWithin('', 'x'), isWithin('a', 'ab')]).toEqual([
      ...[true, true, true, false],
    ])
  })
})
