import { expiredReleases } from './expired-releases'

describe('services/chartstore/src/domain/retention/expired-releases', () => {
  const releases = [1, 2, 3, 4, 5, 6]

  it('keeps so many besides the newest', () => {
    expect(expiredReleases(releases, { newest: 6, deployed: [6], more: 2 })).toEqual([3, 2, 1])
    expect(expiredReleases(releases, { newest: 6, deployed: [6], more: 5 })).toEqual([])
  })

  it('never removes what runs, however old, nor what ran before and may run again', () => {
    expect(expiredReleases(releases, { newest: 6, deployed: [1, 3], more: 1 })).toEqual([4, 2])
    expect(expiredReleases(releases, { newest: 6, deployed: [1], more: 0 })).toEqual([5, 4, 3, 2])
  })

  it('leaves a release alone that is only being made', () => {
    expect(expiredReleases([...releases, 7], { newest: 6, deployed: [], more: 0 })).toEqual([5, 4, 3, 2, 1])
  })
})
