import { create, toJson } from '@bufbuild/protobuf'
import { Images, type ImagePolicy } from '@k8or/contracts/rpc/chartstore/v1/images'
import {
  Applications,
  DecisionSchema,
  type ApplicationName,
  type Decision,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { parseApplicationName } from '../app/application-name'
import type { Context } from '../context'
import { CommandError } from '../errors'
import { RefusedError } from '../mesh/refusal'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatTime } from '../output/words'

/** `k8or why`: SyncMaster decides what is synced, ChartStore which images are written. */
export async function explain(context: Context, _: object, text: string): Promise<undefined> {
  const name = parseApplicationName(text)
  // One after the other: of an application that there is not, nothing else is to be said.
  const { decisions } = await context.mesh.call(Applications.method.why, { name })
  const policies = await policiesOf(context, name)
  await context.answer(decisionsAnswer(newestFirst([...decisions, ...policies.flatMap(imageDecisions)])))
}

/** Half an answer is better than none, when it says that it is one. An application that can not be rendered has no policies. */
async function policiesOf({ mesh, terminal }: Context, { namespace, name }: ApplicationName): Promise<ImagePolicy[]> {
  try {
    return (await mesh.call(Images.method.listPolicies, { namespace, name })).policies
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'not_found') return []
    if (!(error instanceof CommandError)) throw error
    terminal.complain(`k8or: what was decided about its images is not known: ${error.message}`)
    return []
  }
}

/** What was decided about one image, in the form of all other decisions. */
export function imageDecisions({ image, decisions }: ImagePolicy): Decision[] {
  return decisions.map(({ at, outcome, reason }) =>
    create(DecisionSchema, {
      at,
      decision: `image ${outcome}`,
      reason: reason.includes(image) ? reason : `${image}: ${reason}`,
    }),
  )
}

function newestFirst(decisions: readonly Decision[]): Decision[] {
  return decisions.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
}

/** The last decisions about an application with their reasons. */
export function decisionsAnswer(decisions: readonly Decision[]): Answer {
  return {
    data: decisions.map((decision) => toJson(DecisionSchema, decision, { alwaysEmitImplicit: true })),
    table: () =>
      decisions.length === 0
        ? 'nothing was decided yet'
        : formatTable(
            ['AT', 'DECISION', 'REASON'],
            decisions.map(({ at, decision, reason }) => [formatTime(at), decision, reason]),
          ),
  }
}
