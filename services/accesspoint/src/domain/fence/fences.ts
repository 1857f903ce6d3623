import { bucketOf } from '@k8or/contracts'
import type { Fence } from './fence'

interface Seen {
  lease: number
  setbacks: number
  /** By object: the newest release that touched it under this lease, since the application was last set back. */
  readonly objects: Map<string, number>
  /** What is older is refused for objects, too, that are not remembered: they may have been forgotten. */
  oldest: number
}

/** Objects that are remembered of one application. */
const mostObjects = 10_000

/**
 * The newest release and lease that was seen of every application and object. A mutation that is older is refused, so
 * that an owner who was paused can not undo what a newer one did. A step back to an older release is counted: the newer
 * count beats the release number, and what was decided before it is refused for every object.
 */
export class Fences {
  private readonly applications = new Map<string, Seen>()
  /** By bucket: the lease under which its present owner won it. */
  private readonly tenures = new Map<number, number>()
  private knows = false

  constructor(private readonly most = mostObjects) {}

  /** Whether the present owners are known: before that, no mutation can be judged. */
  get knowsOwners(): boolean {
    return this.knows
  }

  /** All owners there are were noted. */
  ownersNoted(): void {
    this.knows = true
  }

  /** A bucket has another owner, under this lease: older leases are worth nothing, even before the new owner calls. */
  noteTenure(bucket: number, lease: number): void {
    this.tenures.set(bucket, Math.max(lease, this.tenures.get(bucket) ?? 0))
  }

  /** Why a mutation is too old; undefined when it may pass, and then everything older is refused from now on. */
  admit(fence: Fence, object: string): string | undefined {
    const refusal = this.test(fence, object)
    if (refusal !== undefined) return refusal
    const seen = this.seenOf(fence.application)
    if (fence.lease > seen.lease || fence.setbacks > seen.setbacks) {
      seen.objects.clear()
      seen.oldest = 0
    }
    seen.lease = fence.lease
    seen.setbacks = fence.setbacks
    // Whoever was touched last is forgotten last.
    seen.objects.delete(object)
    seen.objects.set(object, fence.release)
    if (seen.objects.size > this.most) forgetFirst(seen)
    return undefined
  }

  /** Whether a mutation would pass; nothing is remembered of it. For dry runs. */
  test(fence: Fence, object: string): string | undefined {
    if (fence.lease < 1) return 'it is made under no lease: only a dry run may be'
    const seen = this.applications.get(fence.application)
    const lease = Math.max(seen?.lease ?? 0, this.tenures.get(bucketOf(fence.application)) ?? 0)
    if (fence.lease < lease)
      return `lease ${fence.lease} is older than lease ${lease}: another instance owns the application now`
    if (fence.lease !== seen?.lease || fence.setbacks > seen.setbacks) return undefined
    if (fence.setbacks < seen.setbacks)
      return `release ${fence.release} was decided on before the application was set back`
    const last = seen.objects.get(object) ?? seen.oldest
    if (fence.release < last) return `release ${fence.release} is older than release ${last}, which was applied already`
    return undefined
  }

  /** The application is gone; so is what was seen of it. */
  forget(application: string): void {
    this.applications.delete(application)
  }

  private seenOf(application: string): Seen {
    const known = this.applications.get(application)
    if (known) return known
    const seen: Seen = { lease: 0, setbacks: 0, objects: new Map(), oldest: 0 }
    this.applications.set(application, seen)
    return seen
  }
}

function forgetFirst(seen: Seen): void {
  const [first] = seen.objects
  if (!first) return
  seen.oldest = Math.max(seen.oldest, first[1])
  seen.objects.delete(first[0])
}
