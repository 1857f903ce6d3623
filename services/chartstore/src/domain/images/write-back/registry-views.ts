import type { Clock } from '../../ports'
import type { KnownTag } from '../known-tag'
import type { ImagePolicy } from '../policy'
import type { PushedImages, Registry, RegistryView } from '../ports'
import { admittedOf } from '../select'
import { knownTags } from './known-tags'

const mostDescribed = 200
/** Of how many tags it is asked what platforms they are for, the preferred ones first. */
const mostPlatforms = 10

/** What registries said of images when they were asked last. */
export class RegistryViews {
  readonly #views = new Map<string, RegistryView>()
  readonly #problems = new Map<string, string>()
  readonly #versions = new Map<string, number>()

  constructor(
    private readonly registry: Registry,
    private readonly pushed: PushedImages,
    private readonly clock: Clock,
  ) {}

  of(policy: ImagePolicy): RegistryView | undefined {
    return this.#views.get(keyOf(policy))
  }

  /** Counts how often a registry said something new. */
  versionOf(policy: ImagePolicy): number {
    return this.#versions.get(keyOf(policy)) ?? 0
  }

  /** Why the registry could not be asked the last time. */
  problemOf(policy: ImagePolicy): string | undefined {
    return this.#problems.get(keyOf(policy))
  }

  /** Asks for the tags of an image, and what policies must know of them; says whether anything is new. */
  async refresh(policies: readonly ImagePolicy[]): Promise<boolean> {
    const [first] = policies
    if (!first) return false
    try {
      const askedAt = this.clock.now().toISOString()
      const names = await this.registry.list(first.name, first.pullSecret)
      const before = this.of(first)
      const { tags, asked } = await this.describe(policies, names, before?.tags ?? [])
      const describedAt = new Map([...(before?.describedAt ?? []), ...asked.map((name) => [name, askedAt] as const)])
      const view = { tags, askedAt, describedAt }
      const isNew = await this.isNews(first, before, view)
      this.#views.set(keyOf(first), view)
      this.#problems.delete(keyOf(first))
      if (isNew) this.#versions.set(keyOf(first), this.versionOf(first) + 1)
      return isNew
    } catch (error) {
      this.#problems.set(keyOf(first), error instanceof Error ? error.message : String(error))
      return false
    }
  }

  /** What was pushed and is gone again before the registry was asked is news too. */
  private async isNews(
    { token }: ImagePolicy,
    before: RegistryView | undefined,
    after: RegistryView,
  ): Promise<boolean> {
    if (!before) return true
    const rows = await this.pushed.of(token)
    return JSON.stringify(knownTags(rows, before)) !== JSON.stringify(knownTags(rows, after))
  }

  /** Only what a strategy or a platform needs to be known is asked for, and of a tag whose digest does not matter only once. */
  private async describe(
    policies: readonly ImagePolicy[],
    names: readonly string[],
    before: readonly KnownTag[],
  ): Promise<{ tags: KnownTag[]; asked: string[] }> {
    const known = new Map(before.map((tag) => [tag.name, tag]))
    const asked = new Set(policies.flatMap((policy) => wantedOf(policy, names, known)))
    const [first] = policies
    const told =
      !first || asked.size === 0 ? [] : await this.registry.describe(first.name, [...asked], first.pullSecret)
    const described = new Map(told.map((tag) => [tag.name, tag]))
    return { tags: names.map((each) => described.get(each) ?? known.get(each) ?? { name: each }), asked: [...asked] }
  }
}

function wantedOf(policy: ImagePolicy, names: readonly string[], known: ReadonlyMap<string, KnownTag>): string[] {
  const { strategy, constraint, platforms } = policy
  if (strategy === 'digest') return names.filter((name) => name === constraint)
  const isUnknown = (name: string) => known.get(name)?.digest === undefined
  if (strategy === 'newest-build') return names.filter(isUnknown).slice(-mostDescribed)
  if (platforms.length === 0) return []
  const admitted = admittedOf(
    names.map((name) => ({ name })),
    { ...policy, platforms: [] },
  )
  return admitted
    .map(({ name }) => name)
    .slice(0, mostPlatforms)
    .filter(isUnknown)
}

function keyOf({ token, pullSecret }: ImagePolicy): string {
  return `${token} ${pullSecret}`
}
