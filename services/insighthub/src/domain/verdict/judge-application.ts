import { HealthStatus, type Health, type ObjectRef } from '@k8or/contracts'
import { health } from './rule'

/** One managed object as the verdict on its application sees it. */
export interface ManagedVerdict {
  readonly ref: ObjectRef
  /** Null where no rule has an opinion. */
  readonly health: Health | null
  readonly isLive: boolean
  /** False for hooks and for what asks to be ignored. */
  readonly counts: boolean
}

const order: readonly HealthStatus[] = HealthStatus.options
const named = 3

/** The worst of an application's objects, with the objects that are so; Missing when none of them is live. */
export function judgeApplication(objects: readonly ManagedVerdict[]): Health {
  const counted = objects.filter(({ counts }) => counts)
  if (!counted.some(({ isLive }) => isLive)) return health('Missing', 'None of its objects is live')
  const judged = counted.flatMap(({ ref, health: own }) =>
    own === null || own.status === 'Missing' ? [] : [{ ref, status: own.status }],
  )
  const worst = judged.reduce<HealthStatus>((sofar, { status }) => worse(sofar, status), 'Healthy')
  if (worst === 'Healthy') return health('Healthy')
  return health(worst, causedBy(judged.filter(({ status }) => status === worst).map(({ ref }) => ref)))
}

function worse(one: HealthStatus, other: HealthStatus): HealthStatus {
  return order.indexOf(other) > order.indexOf(one) ? other : one
}

function causedBy(refs: readonly ObjectRef[]): string {
  const names = refs.map(describeObject).toSorted()
  const more = names.length > named ? ` and ${names.length - named} more` : ''
  return `Caused by ${names.slice(0, named).join(', ')}${more}`
}

/** `apps/Deployment:shop/web`: an object in one word. */
export function describeObject({ group, kind, namespace, name }: ObjectRef): string {
  return `${group === '' ? '' : `${group}/`}${kind}:${namespace === '' ? '' : `${namespace}/`}${name}`
}
