/** A ConfigMap with one value, as YAML. */
export function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${JSON.stringify(value)}\n`
}

/** A Deployment, as YAML. */
export function deployment(name: string, image: string, replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${String(replicas)}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "${image}" }] }
`
}

/** Several ConfigMaps, a file each. */
export function configMaps(prefix: string, count: number): Record<string, string> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1)}`)
  return Object.fromEntries(names.map((name) => [`app/${name}.yaml`, configMap(name, '1')]))
}

/** A StatefulSet, a DaemonSet or a Job with one container, as YAML. */
export function workload(kind: 'StatefulSet' | 'DaemonSet' | 'Job', name: string, image = `shop/${name}:1`): string {
  const labels = `{ app: ${name} }`
  const pod = `spec: { containers: [{ name: main, image: "${image}" }]${kind === 'Job' ? ', restartPolicy: Never' : ''} }`
  const selector = kind === 'Job' ? 'backoffLimit: 0' : `selector: { matchLabels: ${labels} }`
  const more = kind === 'StatefulSet' ? `\n  serviceName: ${name}\n  replicas: 2` : ''
  return `apiVersion: ${kind === 'Job' ? 'batch/v1' : 'apps/v1'}
kind: ${kind}
metadata: { name: ${name} }
spec:
  ${selector}${more}
  template:
    metadata: { labels: ${labels} }
    ${pod}
`
}
