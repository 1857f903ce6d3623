import type { Forest } from './forest'
import type { Sighting } from './sighting'

const deepest = 4
const mostLooked = 200

/**
 * What keeps an object from being healthy, in the words of what it made: the newest degraded object that made nothing
 * degraded itself, such as a pod whose image can not be pulled. Undefined where nothing below it says more.
 */
export function troubleBelow(forest: Forest, uid: string): string | undefined {
  const looked = new Set([uid])
  const found: Sighting[] = []
  for (let level = [uid], depth = 0; level.length > 0 && depth < deepest; depth++) {
    const below = level.flatMap((owner) => forest.ownedBy(owner)).filter((one) => !looked.has(one.uid))
    for (const one of below.slice(0, mostLooked - looked.size)) looked.add(one.uid)
    const degraded = below.filter(({ health }) => health?.status === 'Degraded' && health.message !== '')
    found.unshift(...degraded.toSorted(newestFirst))
    level = below.filter((one) => looked.has(one.uid)).map((one) => one.uid)
  }
  const [culprit] = found
  return culprit && `${culprit.ref.kind} ${culprit.ref.name}: ${culprit.health?.message ?? ''}`
}

/** The application that manages what an object was made by; empty where none does. */
export function managerAbove(forest: Forest, { owners }: Pick<Sighting, 'owners'>): string {
  let level = owners
  for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
    const above = level.flatMap((uid) => forest.get(uid) ?? [])
    const managed = above.find(({ application }) => application !== '')
    if (managed) return managed.application
    level = above.flatMap((one) => one.owners)
  }
  return ''
}

function newestFirst(one: Sighting, other: Sighting): number {
  return other.createdAt.localeCompare(one.createdAt) || one.ref.name.localeCompare(other.ref.name)
}
