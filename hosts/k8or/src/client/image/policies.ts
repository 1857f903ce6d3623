import { toJson } from '@bufbuild/protobuf'
import { ImagePolicySchema, Images, type ImagePolicy } from '@k8or/contracts/rpc/chartstore/v1/images'
import { parseApplicationName } from '../app/application-name'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatTime } from '../output/words'

/** `k8or image policies` */
export async function listPolicies({ mesh, answer }: Context, _: object, application: string): Promise<undefined> {
  const { namespace, name } = parseApplicationName(application)
  const { policies } = await mesh.call(Images.method.listPolicies, { namespace, name })
  await answer(policiesAnswer(policies))
}

/** A line per image, with what is wrong below. */
export function policiesAnswer(policies: readonly ImagePolicy[]): Answer {
  return {
    data: policies.map((policy) => toJson(ImagePolicySchema, policy, { alwaysEmitImplicit: true })),
    names: () => policies.map(({ image }) => image),
    table: ({ colors }) => {
      if (policies.length === 0)
        return 'no image policies (see the annotation argocd-image-updater.argoproj.io/image-list)'
      const rows = policies.map(({ alias, image, strategy, constraint, current, newest, outcome, tag, decidedAt }) => [
        ...[alias, image, [strategy, constraint].filter(Boolean).join(' '), current, newest],
        outcome === '' ? '' : [outcome, tag].filter(Boolean).join(' '),
        formatTime(decidedAt),
      ])
      const notes = policies.flatMap(({ reason, problems, alias }) => {
        const wrong = problems.map((problem) => colors.red(`${alias}: ${problem}`))
        return reason === '' || problems.includes(reason) ? wrong : [`${alias}: ${reason}`, ...wrong]
      })
      const table = formatTable(['ALIAS', 'IMAGE', 'POLICY', 'CURRENT', 'NEWEST', 'DECISION', 'AT'], rows)
      return notes.length === 0 ? table : `${table}\n\n${notes.join('\n')}`
    },
  }
}
