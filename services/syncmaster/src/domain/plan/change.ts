import type { ObjectRef } from '@k8or/contracts'
import type { LiveObject } from '../drift/live-object'
import type { DesiredObject } from './desired'

/** What is to be done with one object. */
export type Action = 'create' | 'configure' | 'unchanged' | 'delete' | 'skip'

/** Why an object is not as it should be. */
export type Cause =
  /** What is desired changed since it was last applied, or it never was. */
  | 'release'
  /** It was as desired once, and somebody changed it. */
  | 'changed'
  /** It was there once, and somebody deleted it. */
  | 'deleted'

/** One object of a plan: what is to be done with it, and why. */
export interface Change {
  readonly action: Action
  readonly ref: ObjectRef
  readonly key: string
  readonly wave: number
  readonly cause: Cause
  readonly reason: string
  readonly desired?: DesiredObject
  readonly live?: LiveObject
}

/** A change of a desired object, one that can be applied. */
export type DesiredChange = Change & { readonly desired: DesiredObject }

/** Whether a change is of a desired object. */
export function isDesired(change: Change): change is DesiredChange {
  return change.desired !== undefined
}

/** Whether somebody other than a release made this change necessary. */
export function isDrift(change: Change): boolean {
  return change.cause !== 'release'
}
