import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readMeshEnvironment } from '../driver/mesh-driver'
import { removeDir, tempDir } from '../temp-dir'
import { layOut } from './layout'
import { meshEnvironment, writeMeshEnvironment } from './mesh-environment'
import { processEnvironment } from './process-environment'

describe('test/rig/src/mesh/mesh-environment', () => {
  it('names the hub, each further cluster, and all processes', async () => {
    const layout = await layOut('/state', 'standalone')
    const clusters = [{ name: 'cluster-1', kubeconfigPath: '/state/kube/cluster-1/kubeconfig' }]
    const facts = { layout, token: 't', webhookSecret: 's', gitUrl: 'http://localhost:1', clusters, pids: [7, 8] }
    expect(meshEnvironment(facts)).toMatchObject({
      KUBECONFIG: '/state/kube/hub/kubeconfig',
      KUBECONFIG_CLUSTER_1: '/state/kube/cluster-1/kubeconfig',
      K8OR_CLUSTERS: 'cluster-1=/state/kube/cluster-1/kubeconfig',
      K8OR_URL: `https://localhost:${layout.people}`,
      K8OR_WEBHOOK_URL: `https://localhost:${layout.webhook}/api/webhook`,
      K8OR_GIT_ROOT: '/state/git',
      K8OR_PIDS: '7,8',
    })
  })

  it('tells nobody but AccessPoint where the hub is', async () => {
    const layout = await layOut('/state', 'processes')
    expect(processEnvironment(layout, 'accesspoint')).toHaveProperty('K8OR_HUB_KUBECONFIG')
    expect(processEnvironment(layout, 'syncmaster')).not.toHaveProperty('K8OR_HUB_KUBECONFIG')
    expect(processEnvironment(layout, 'syncmaster')).toMatchObject({
      K8OR_SYNCMASTER_LISTEN: `127.0.0.1:${layout.services.syncmaster.mesh}`,
      K8OR_ACCESSPOINT_URL: `https://localhost:${layout.services.accesspoint.mesh}`,
    })
  })

  it('writes lines that a shell can read, for its owner alone, quoted only where it must be', () => {
    const dir = tempDir('env')
    const path = join(dir, 'mesh.env')
    const values = { A: '1', B: 'x=y,z', C: "/it's my/$HOME;`x`\\", D: '' }
    writeMeshEnvironment(path, values)
    expect(readFileSync(path, 'utf8')).toMatch(/^A=1\nB=x=y,z\nC='.*'\nD=\n$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readMeshEnvironment(path)).toEqual(values)
    const script = `. '${path}'; printf '%s|' "$A" "$B" "$C" "$D"`
    expect(execFileSync('sh', ['-euc', script], { encoding: 'utf8' })).toBe(`${Object.values(values).join('|')}|`)
    removeDir(dir)
  })
})
