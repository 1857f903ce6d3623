import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { z } from 'zod'
import type { KubeConnection } from '../kube/kubeconfig'

const Kubeconfig = z.object({
  clusters: z.tuple([
    z.object({ name: z.string(), cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
  users: z.tuple([
    z.object({ user: z.object({ 'client-certificate-data': z.string(), 'client-key-data': z.string() }) }),
  ]),
})

/** Reads a kubeconfig of the rig: one cluster and one user, certificates inline. */
export function readKubeconfig(path: string): KubeConnection {
  const { clusters, users } = Kubeconfig.parse(load(readFileSync(path, 'utf8')))
  const [{ name, cluster }] = clusters
  const [{ user }] = users
  return {
    name,
    url: cluster.server,
    ca: plain(cluster['certificate-authority-data']),
    cert: plain(user['client-certificate-data']),
    key: plain(user['client-key-data']),
  }
}

function plain(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}
