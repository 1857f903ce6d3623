import { nameOf } from '@k8or/kube-objects'
import type { Project } from '@k8or/projects'
import { runsNoHooks } from './selection'
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
  if (first && !runsNoHooks(work)) {
    const more = hooks.length > 1 ? ` and ${hooks.length - 1} more` : ''
    return `${nameOf(first.ref)}${more} is a ${first.hook ?? ''} hook, and hooks are not run yet; remove the hook annotation or sync this application with Argo CD`
  }
  return whyProjectHolds(needed(work.project))
}

function whyProjectHolds({ name, spec }: Project): string | undefined {
  if (spec.syncWindows.length > 0)
    return `project ${name} has sync windows, which are not supported yet: nothing is synced, in or out of them; remove spec.syncWindows of the AppProject`
  const field = spec.signatureKeys.length > 0 ? 'signatureKeys' : spec.sourceIntegrity != null && 'sourceIntegrity'
  if (!field) return undefined
  return `project ${name} asks for signed commits, and signatures are not verified yet: nothing is synced; remove spec.${field} of the AppProject`
}

/** Why an application is not healed: what it wants to be left alone can not be told from drift yet. */
export function whyNotHealed(work: Work): string | undefined {
  if (!work.application.spec.ignoreDifferences?.length) return undefined
  return 'spec.ignoreDifferences is not supported yet: nothing is healed, so that no other controller is fought; a sync overwrites the fields it names'
}
