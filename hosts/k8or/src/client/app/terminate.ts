import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import { parseApplicationName } from './application-name'

/** `k8or app terminate` */
export async function terminateOperation({ mesh, answer }: Context, _: object, name: string): Promise<undefined> {
  const { requestedAt } = await mesh.call(Applications.method.terminate, { name: parseApplicationName(name) })
  await answer({
    data: { name, requestedAt },
    names: () => [name],
    table: () => `the operation of ${name} ends: nothing more of it is applied; see \`k8or app get ${name}\``,
  })
}
