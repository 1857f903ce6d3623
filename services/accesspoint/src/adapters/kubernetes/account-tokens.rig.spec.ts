import { join } from 'node:path'
import { createClusters } from '@k8or/cluster-client'
import { DirectGate, removeDir, startKube, tempDir, type KubeServer } from '@k8or/rig'
import { AccountTokens } from './account-tokens'

const { signal } = new AbortController()
const accounts = { namespace: 'argocd', prefix: 'k8or' }

describe('services/accesspoint/src/adapters/kubernetes/account-tokens.rig', () => {
  const dir = tempDir('account-tokens')
  let kube: KubeServer
  let gate: DirectGate
  let tokens: AccountTokens

  beforeAll(async () => {
    kube = await startKube({ dir: join(dir, 'kube'), controllers: false })
    await kube.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } })
    for (const name of ['k8or-syncmaster', 'k8or-redis'])
      await kube.client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'argocd' } })
    gate = new DirectGate(kube)
    tokens = new AccountTokens(createClusters(gate), accounts, 'k8or.mesh')
  }, 60_000)

  afterAll(async () => {
    await gate.close()
    await kube.stop()
    removeDir(dir)
  })

  async function tokenOf(name: string, ...audiences: string[]): Promise<string> {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences } }
    const answer = await kube.client.request('POST', `/api/v1/namespaces/argocd/serviceaccounts/${name}/token`, body)
    return (answer.body as { status: { token: string } }).status.token
  }

  it('knows the service whose pod a token was given to', async () => {
    expect(await tokens.ownerOf(await tokenOf('k8or-syncmaster', 'k8or.mesh'), signal)).toBe('syncmaster')
  })

  it('knows nobody for a token of another account, for others than the mesh, or that is none', async () => {
    const others = [await tokenOf('k8or-redis', 'k8or.mesh'), await tokenOf('k8or-syncmaster'), 'no-token']
    for (const token of others) expect(await tokens.ownerOf(token, signal)).toBeUndefined()
  })

  it('knows nobody any more when the account is gone', async () => {
    const token = await tokenOf('k8or-syncmaster', 'k8or.mesh')
    await kube.client.delete('v1/ServiceAccount', 'argocd/k8or-syncmaster')
    expect(await tokens.ownerOf(token, signal)).toBeUndefined()
  })

  it('says later while the API server does not answer', async () => {
    gate.cut()
    await expect(tokens.ownerOf('token', signal)).rejects.toThrow('the cluster does not answer')
    gate.mend()
  })
})
