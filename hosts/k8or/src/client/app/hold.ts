import { toJson } from '@bufbuild/protobuf'
import {
  Applications,
  HoldSchema,
  ResumeResponseSchema,
  type Hold,
  type ResumeResponse,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatTime } from '../output/words'
import { parseApplicationName } from './application-name'

/** `k8or app suspend` */
export async function suspendApplication(
  { mesh, answer }: Context,
  { reason }: { reason: string },
  name: string,
): Promise<undefined> {
  const { hold } = await mesh.call(Applications.method.suspend, { name: parseApplicationName(name), reason })
  await answer({
    data: hold ? toJson(HoldSchema, hold, { alwaysEmitImplicit: true }) : null,
    names: () => [name],
    table: () => `${name} is suspended: nothing is applied, healed or pruned until \`k8or app resume ${name}\``,
  })
}

/** `k8or app resume` */
export async function resumeApplication({ mesh, answer }: Context, _: object, name: string): Promise<undefined> {
  await answer(resumeAnswer(await mesh.call(Applications.method.resume, { name: parseApplicationName(name) }), name))
}

/** What was lifted, and what follows from it. */
export function resumeAnswer(response: ResumeResponse, name: string): Answer {
  const { lifted, automated } = response
  const next = automated ? 'the newest release is applied' : `\`k8or app sync ${name}\` applies the newest release`
  return {
    data: toJson(ResumeResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => [name],
    table: () =>
      lifted.length === 0
        ? `nothing kept ${name} from being changed`
        : `${name} is no longer ${lifted.map(describeHold).join(', nor ')}; ${next}`,
  }
}

/** What keeps an application from being changed, who and why. */
export function describeHold({ kind, release, actor, reason, since }: Hold): string {
  const what = kind === 'suspend' ? 'suspended' : release > 0n ? `held at release ${release}` : 'held'
  const when = since === '' ? '' : ` since ${formatTime(since)}`
  return `${what} by ${actor}${when}${reason === '' ? '' : ` (${reason})`}`
}
