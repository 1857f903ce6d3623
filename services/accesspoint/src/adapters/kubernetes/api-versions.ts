import { ClusterTroubleError, type UpstreamAnswer, type UpstreamCall } from '../../domain/ports'
import { apiVersionsIn } from '../../domain/routing/api-versions'

const accept = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',')
const timeoutMs = 5_000

/** Asks a cluster for all that it serves, by two calls. @throws ClusterTroubleError */
export async function readApiVersions(
  send: (call: UpstreamCall) => Promise<UpstreamAnswer>,
  signal: AbortSignal,
): Promise<string[]> {
  const ask = async (target: string): Promise<unknown> => {
    const call = { method: 'GET', target, headers: { accept }, body: undefined, isWatch: false, caller: 'accesspoint' }
    const { status, body } = await send({ ...call, signal, timeoutMs })
    const chunks: Buffer[] = []
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
    if (status !== 200) throw new ClusterTroubleError('unreachable', `${target} was answered ${String(status)}`)
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  }
  const [core, groups] = await Promise.all([ask('/api'), ask('/apis')])
  return [...new Set([...apiVersionsIn(core), ...apiVersionsIn(groups)])].sort()
}
