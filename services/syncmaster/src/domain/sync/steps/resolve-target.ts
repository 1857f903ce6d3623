import { projectOf } from '../../application/application'
import { readDestination } from '../../project/destination'
import { checkDeclaration } from '../../project/rules'
import type { EndOfLook, Work } from '../work'

const lookAgainMs = 30_000

/** Finds project and cluster, and checks that the declaration is whole and permitted (A10). */
export async function resolveTarget(work: Work): Promise<EndOfLook | undefined> {
  const { application, ports, settings } = work
  work.project = ports.applications.project(projectOf(application.spec))
  const cluster = await resolveCluster(work)
  work.cluster = 'problem' in cluster ? undefined : cluster
  // Secrets are not watched here: that one is added or mended is seen by looking.
  if ('problem' in cluster)
    work.lookAgain = { delayMs: lookAgainMs, reason: 'the cluster of its destination is unknown' }
  const problems = checkDeclaration({
    application,
    project: work.project,
    controlNamespace: settings.controlNamespace,
    cluster: work.cluster,
    clusterProblem: 'problem' in cluster ? cluster.problem : undefined,
  })
  if (problems.length === 0) return undefined
  const message = problems.join('; ')
  await work.account.noteDecision('refused', message, 0)
  return work.unknown('InvalidSpecError', message)
}

async function resolveCluster(
  work: Work,
): Promise<{ readonly name: string; readonly server: string } | { readonly problem: string }> {
  const destination = readDestination(work.application.spec.destination)
  return 'problem' in destination ? destination : work.ports.targets.resolve(destination, work.signal)
}
