import { services, type ServiceName } from '@k8or/contracts'
import { renderHostPath } from '../paths'
import { portTowards } from './detours'
import { meshPaths, type MeshLayout } from './layout'

/** Environment of a process of the mesh; only AccessPoint, alone or among all, is told of the hub's credentials. */
export function processEnvironment(
  layout: MeshLayout,
  role: ServiceName | 'standalone' | 'bootstrap',
): Record<string, string> {
  const paths = meshPaths(layout.dir)
  const isGate = role === 'standalone' || role === 'accesspoint'
  return {
    K8OR_STATE_DIR: paths.state,
    K8OR_NATS_URL: `tls://localhost:${portTowards(layout, role, 'nats')}`,
    K8OR_REDIS_URL: `rediss://localhost:${portTowards(layout, role, 'redis')}`,
    K8OR_CONTROL_NAMESPACE: layout.hub.namespace,
    K8OR_ALLOW_LOOPBACK: 'true',
    K8OR_RENDER_HOST: renderHostPath,
    K8OR_ACCESSPOINT_PEOPLE_LISTEN: `127.0.0.1:${layout.people}`,
    K8OR_WEBHOOK_LISTEN: `127.0.0.1:${layout.webhook}`,
    ...Object.fromEntries(services.flatMap((name) => serviceEnvironment(name, role, layout))),
    ...(isGate
      ? { K8OR_HUB_KUBECONFIG: layout.detours.length ? paths.relayedHubKubeconfig : layout.hub.kubeconfig }
      : {}),
    ...layout.settings,
  }
}

function serviceEnvironment(name: ServiceName, role: string, layout: MeshLayout): [string, string][] {
  const { mesh, probes } = layout.services[name]
  const prefix = `K8OR_${name.toUpperCase()}`
  return [
    [`${prefix}_URL`, `https://localhost:${portTowards(layout, role, name)}`],
    [`${prefix}_LISTEN`, `127.0.0.1:${mesh}`],
    [`${prefix}_PROBES_LISTEN`, `127.0.0.1:${probes}`],
  ]
}
