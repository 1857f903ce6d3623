import type { KubeObject } from '@k8or/kube-objects'
import type { OfflineContext } from '../context'
import { CommandError, exitCodes, type ExitCode } from '../errors'
import { formatTable } from '../output/table'
import { checkedObject } from './checked-object'
import { readDocuments } from './read-documents'

export interface PolicyFlags {
  readonly file: string
  readonly project: string
  /** What the Application renders to. */
  readonly objects?: string
  /** `NAME=SERVER` of the cluster of the destination, which names only one of the two. */
  readonly cluster?: string
  readonly controlNamespace: string
  /** `GROUP/KIND` each. */
  readonly clusterScoped: readonly string[]
}

/** `k8or policy`: whether an AppProject permits an Application, and each object of it. */
export async function judgePolicy({ answer }: OfflineContext, flags: PolicyFlags): Promise<ExitCode> {
  const { parseApplication, reviewApplication } = await import('@k8or/syncmaster/domain')
  const { parseProject } = await import('@k8or/projects')
  const { nameOf } = await import('@k8or/kube-objects')
  const { controlNamespace, clusterScoped } = flags
  const declared = await readKind(flags.file, 'Application')
  const metadata = { namespace: controlNamespace, ...declared.metadata, uid: 'offline' }
  const application = readable(flags.file, parseApplication, { ...declared, metadata })
  const cluster = await clusterOf(application.spec.destination, flags.cluster)
  const project = readable(flags.project, parseProject, await readKind(flags.project, 'AppProject'))
  const objects = flags.objects === undefined ? [] : await readObjects(flags.objects)
  const review = reviewApplication({ application, project, cluster, controlNamespace, objects, clusterScoped })
  const told = review.objects.map(({ ref: { group, kind, namespace, name }, reason }) => ({
    ...{ group, kind, namespace, name },
    ...{ permitted: reason === undefined, reason: reason ?? null },
  }))
  const permitted = review.problems.length === 0 && told.every((object) => object.permitted)
  await answer({
    data: { permitted, problems: review.problems, objects: told },
    names: () => review.objects.filter(({ reason }) => reason !== undefined).map(({ ref }) => nameOf(ref)),
    table: () =>
      permitted
        ? 'permitted'
        : formatTable(
            ['WHAT', 'WHY NOT'],
            [
              ...review.problems.map((problem) => [`Application ${application.name}`, problem]),
              ...review.objects.flatMap(({ ref, reason }) => (reason === undefined ? [] : [[nameOf(ref), reason]])),
            ],
          ),
  })
  return permitted ? exitCodes.fine : exitCodes.no
}

async function readKind(file: string, kind: string): Promise<KubeObject> {
  const found = (await readDocuments(file)).find((document) => document['kind'] === kind)
  if (found === undefined) throw new CommandError(`${file} holds no ${kind}`)
  return checkedObject(found, file)
}

/** Objects as files have them, or as `k8or render -o json` answers them. */
async function readObjects(file: string): Promise<KubeObject[]> {
  const documents = await readDocuments(file)
  const answered = documents.flatMap((document) =>
    Array.isArray(document['objects']) ? (document['objects'] as Record<string, unknown>[]) : [document],
  )
  return answered.map((object) => checkedObject(object, file))
}

function readable<Read>(file: string, read: (object: KubeObject) => Read, object: KubeObject): Read {
  try {
    return read(object)
  } catch (cause) {
    const [issue] = (cause as { issues?: { path: unknown[]; message: string }[] }).issues ?? []
    const why = issue ? `${issue.path.join('.')}: ${issue.message}` : (cause as Error).message
    throw new CommandError(`${file} can not be read: ${why}`, undefined, { cause })
  }
}

async function clusterOf(destination: { readonly name: string; readonly server: string }, given: string | undefined) {
  const { hubCluster } = await import('@k8or/contracts')
  if (given === undefined)
    return [hubCluster.name, hubCluster.server].some((one) => one === destination.name || one === destination.server)
      ? hubCluster
      : destination
  const at = given.indexOf('=')
  if (at <= 0) throw new CommandError(`"${given}" is no cluster`, 'write --cluster NAME=SERVER')
  return { name: given.slice(0, at), server: given.slice(at + 1) }
}
