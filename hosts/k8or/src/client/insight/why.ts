import { toJson } from '@bufbuild/protobuf'
import { Applications, DecisionSchema, type Decision } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { parseApplicationName } from '../app/application-name'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatTime } from '../output/words'

/** `k8or why` */
export async function explain({ mesh, answer }: Context, _: object, name: string): Promise<undefined> {
  const { decisions } = await mesh.call(Applications.method.why, { name: parseApplicationName(name) })
  await answer(decisionsAnswer(decisions))
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
