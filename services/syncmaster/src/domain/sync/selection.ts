import type { ObjectRef } from '@k8or/contracts'
import type { SelectedResource } from '../application/application'
import type { Change } from '../plan/change'
import { needed, type Work } from './work'

/** The objects that a sync is about: those that whoever asked for it picked, else all. */
export function selectedChanges(work: Work): readonly Change[] {
  const selected = selectionOf(work)
  const changes = needed(work.changes)
  if (selected.length === 0) return changes
  return changes.filter(({ action, ref }) => action !== 'skip' && selected.some((one) => names(one, ref)))
}

/** Whether only some objects were picked: such a sync runs no hooks, and is no deployment of a release. */
export function isPartial(work: Work): boolean {
  return selectionOf(work).length > 0
}

/** Whether a sync runs no hooks: only some objects were picked, or it was asked for with the strategy `apply`. */
export function runsNoHooks(work: Work): boolean {
  return isPartial(work) || work.application.operation?.sync?.syncStrategy?.apply != null
}

/** Why a selection makes no sense; undefined when it names something, or there is none. */
export function whyNothingSelected(work: Work): string | undefined {
  const selected = selectionOf(work)
  const unknown = selected.find((one) => !needed(work.changes).some(({ ref }) => names(one, ref)))
  if (!unknown) return undefined
  const { group, kind, namespace, name } = unknown
  const path = namespace === '' ? name : `${namespace}/${name}`
  return `${group}:${kind}:${path} is no object of the application; see \`k8or app get ${work.application.name}\``
}

function selectionOf({ application }: Work): readonly SelectedResource[] {
  return application.operation?.sync?.resources ?? []
}

function names({ group, kind, namespace, name }: SelectedResource, ref: ObjectRef): boolean {
  return (
    group === ref.group && kind === ref.kind && name === ref.name && (namespace === '' || namespace === ref.namespace)
  )
}
