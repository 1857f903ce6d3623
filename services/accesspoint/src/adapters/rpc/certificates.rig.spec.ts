import { join } from 'node:path'
import { createClusters } from '@k8or/cluster-client'
import type { ServiceName } from '@k8or/contracts'
import { joinMesh, type RenewingIdentity } from '@k8or/identity'
import {
  DirectGate,
  freePorts,
  removeDir,
  startKube,
  startTestBus,
  tempDir,
  type KubeServer,
  type TestBus,
  installDefinitions,
} from '@k8or/rig'
import { startAccessPoint, type AccessPointUnderTest } from '../../../test/access-point-under-test'
import { AccountTokens } from '../kubernetes/account-tokens'

const namespace = 'argocd'
const joinAccounts = { namespace, prefix: 'k8or' }
const stranger = 'the join token is unknown, used or expired'

describe('services/accesspoint/src/adapters/rpc/certificates.rig', () => {
  const dir = tempDir('certificates')
  let kube: KubeServer
  let bus: TestBus
  let access: AccessPointUnderTest
  let folders = 0

  beforeAll(async () => {
    ;[kube, bus] = await Promise.all([
      startKube({ dir: join(dir, 'kube'), controllers: false }),
      startTestBus(join(dir, 'bus')),
    ])
    await installDefinitions(kube.client)
    await kube.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    for (const name of ['k8or-chartstore', 'k8or-redis'])
      await kube.client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } })
    const [mesh = 0, people = 0] = await freePorts(2)
    const ports = { mesh, people }
    const state = { dir: join(dir, 'state'), kubeconfig: kube.kubeconfigPath }
    access = await startAccessPoint({ ...state, bus, ports, config: { joinAccounts } })
  }, 60_000)

  afterAll(async () => {
    await access.stop()
    await Promise.all([kube.stop(), bus.stop()])
    removeDir(dir)
  })

  async function tokenOf(account: string, ...audiences: string[]): Promise<string> {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences } }
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`
    const answer = await kube.client.request('POST', path, body)
    return (answer.body as { status: { token: string } }).status.token
  }

  /** A new pod of a service, with a key of its own. */
  function joins(service: ServiceName, token: string): Promise<RenewingIdentity> {
    const { meshUrl: accessPointUrl, authority } = access
    const folder = join(dir, `pod-${++folders}`)
    return joinMesh({
      ...{ accessPointUrl, trustDomain: 'k8or.mesh', ca: authority.ca },
      ...{ service, dir: folder, token: () => token },
    })
  }

  it('signs for a pod that shows the token of its service account, and then for its certificate', async () => {
    const joined = await joins('chartstore', await tokenOf('k8or-chartstore', 'k8or.mesh'))
    expect(joined.spiffeId).toBe('spiffe://k8or.mesh/svc/chartstore')
    const first = joined.current().cert
    await joined.renew()
    expect(joined.current().cert).not.toBe(first)
    joined.stop()
  })

  it('signs for every pod of a service, but for one key per token', async () => {
    const token = await tokenOf('k8or-chartstore', 'k8or.mesh')
    for (const shown of [token, await tokenOf('k8or-chartstore', 'k8or.mesh')])
      (await joins('chartstore', shown)).stop()
    await expect(joins('chartstore', token)).rejects.toThrow(stranger)
  })

  it('refuses another service, another account, and a token that was made for others than the mesh', async () => {
    const own = await tokenOf('k8or-chartstore', 'k8or.mesh')
    await expect(joins('syncmaster', own)).rejects.toThrow('belongs to chartstore, not to syncmaster')
    await expect(joins('chartstore', await tokenOf('k8or-redis', 'k8or.mesh'))).rejects.toThrow(stranger)
    await expect(joins('chartstore', await tokenOf('k8or-chartstore'))).rejects.toThrow(stranger)
    await expect(joins('chartstore', 'no token')).rejects.toThrow(stranger)
  })

  it('refuses a token whose account is gone', async () => {
    const token = await tokenOf('k8or-chartstore', 'k8or.mesh')
    await kube.client.delete('v1/ServiceAccount', `${namespace}/k8or-chartstore`)
    await expect(joins('chartstore', token)).rejects.toThrow(stranger)
  })

  it('says later while the API server does not answer', async () => {
    const gate = new DirectGate(kube)
    gate.cut()
    const asked = new AccountTokens(createClusters(gate), joinAccounts, 'k8or.mesh')
    await expect(asked.ownerOf('token', new AbortController().signal)).rejects.toThrow('does not answer')
    await gate.close()
  })
})
