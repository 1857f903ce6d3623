import type { ImageRecord } from '@k8or/contracts'
import { readPolicies } from '../policy'
import { RegistryViews } from './registry-views'

const policiesOf = (annotations: Record<string, string>) => [
  ...readPolicies({ 'image-list': 'web=shop/web:1.x', ...annotations }).images,
]

/** A registry that tells of the tags it is given, and notes what it is asked. */
class Shelf {
  names = ['1.0.0', '1.1.0', '2.0.0']
  isAway = false
  readonly described: string[][] = []

  async list(): Promise<string[]> {
    if (this.isAway) throw new Error('the registry does not answer')
    return this.names
  }

  async describe(_image: string, tags: readonly string[]) {
    this.described.push([...tags])
    return tags.map((name) => ({
      name,
      digest: `sha256:${name}`,
      created: '2026-01-01T00:00:00Z',
      platforms: ['linux/amd64'],
    }))
  }
}

describe('services/chartstore/src/domain/images/write-back/registry-views', () => {
  const pushed: ImageRecord[] = []
  let minute = 0
  const now = () => new Date(Date.UTC(2026, 0, 2, 0, (minute += 1)))
  const views = (shelf: Shelf) => new RegistryViews(shelf, { of: () => Promise.resolve(pushed) }, { now })

  it('asks for names alone where they are enough', async () => {
    const shelf = new Shelf()
    const [policies, seen] = [policiesOf({}), views(shelf)]
    expect([await seen.refresh(policies), await seen.refresh(policies)]).toEqual([true, false])
    expect(seen.of(policies[0]!)?.tags).toEqual([{ name: '1.0.0' }, { name: '1.1.0' }, { name: '2.0.0' }])
    expect(shelf.described).toEqual([])
    expect(seen.versionOf(policies[0]!)).toBe(1)
  })

  it('asks when each tag was built once, and for the digest of a followed tag always', async () => {
    const shelf = new Shelf()
    const [builds, seen] = [policiesOf({ 'web.update-strategy': 'newest-build' }), views(shelf)]
    await seen.refresh(builds)
    shelf.names = [...shelf.names, '2.1.0']
    await seen.refresh(builds)
    expect(shelf.described).toEqual([['1.0.0', '1.1.0', '2.0.0'], ['2.1.0']])
    const followed = policiesOf({ 'image-list': 'web=shop/web:2.0.0', 'web.update-strategy': 'digest' })
    await seen.refresh(followed)
    await seen.refresh(followed)
    expect(shelf.described.slice(2)).toEqual([['2.0.0'], ['2.0.0']])
  })

  it('asks for the platforms of what a policy would take, the preferred first', async () => {
    const shelf = new Shelf()
    await views(shelf).refresh(policiesOf({ 'web.platforms': 'linux/amd64' }))
    expect(shelf.described).toEqual([['1.1.0', '1.0.0']])
  })

  it('sees that a tag which it never had was pushed and is gone again', async () => {
    const [policies, seen] = [policiesOf({}), views(new Shelf())]
    await seen.refresh(policies)
    const image = { name: 'shop/web', token: policies[0]!.token }
    const row = { image, tag: '1.2.0', digest: 'd', firstDigest: 'd', builtAt: null, observedAt: now().toISOString() }
    pushed.push(row as ImageRecord)
    expect([await seen.refresh(policies), await seen.refresh(policies)]).toEqual([true, false])
  })

  it('keeps what it knew of a registry that is away, and says why', async () => {
    const shelf = new Shelf()
    const [policies, seen] = [policiesOf({}), views(shelf)]
    await seen.refresh(policies)
    shelf.isAway = true
    expect(await seen.refresh(policies)).toBe(false)
    expect(seen.of(policies[0]!)?.tags).toHaveLength(3)
    expect(seen.problemOf(policies[0]!)).toBe('the registry does not answer')
  })
})
