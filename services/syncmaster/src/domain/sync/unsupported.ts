import { nameOf } from '@k8or/kube-objects'
import { isPartial } from './selection'
import { needed, type Work } from './work'

/** Hooks that ask to be run: to leave one out and call the sync a success would be a lie. */
const notRun = (hook: string | undefined): boolean => hook !== undefined && hook !== 'Skip'

/**
 * Why an application may not be synced at all: it, or its project, declares something that would be broken by being ignored.
 * Undefined when nothing stands against it.
 */
export function whyNotSynced(work: Work): string | undefined {
  const hooks = needed(work.desired).objects.filter(({ hook }) => notRun(hook))
  const [first] = hooks
  if (first && !isPartial(work)) {
    const more = hooks.length > 1 ? ` and ${hooks.length - 1} more` : ''
    return `${nameOf(first.ref)}${more} is a ${first.hook ?? ''} hook, and hooks are not run yet; remove the hook annotation or sync this application with Argo CD`
  }
  const project = needed(work.project)
  if (project.spec.syncWindows.length === 0) return undefined
  return `project ${project.name} has sync windows, which are not supported yet: nothing is synced, in or out of them; remove spec.syncWindows of the AppProject`
}

/** Why an application is not healed: what it wants to be left alone can not be told from drift yet. */
export function whyNotHealed(work: Work): string | undefined {
  if (!work.application.spec.ignoreDifferences?.length) return undefined
  return 'spec.ignoreDifferences is not supported yet: nothing is healed, so that no other controller is fought; a sync overwrites the fields it names'
}
