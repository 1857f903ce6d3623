import { connect } from 'node:net'
import type { KubeClient } from './kube-client'

/** Whether something listens on a loopback port. */
export function isUp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const answer = (up: boolean) => () => {
      socket.destroy()
      resolve(up)
    }
    socket.once('connect', answer(true)).once('error', answer(false)).setTimeout(1_000, answer(false))
  })
}

/** Whether an API server says that it is ready. */
export async function isReady(client: KubeClient): Promise<boolean> {
  const answer = await client.request('GET', '/readyz')
  return answer.status === 200
}
