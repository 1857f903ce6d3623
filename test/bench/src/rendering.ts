import { RenderPool, type RenderRequest } from '@k8or/chartstore/renderer'
import { builtServer } from '@k8or/rig'
import type { Line, Scenario } from './scenario'
import { summarize } from './statistics'

const limits = { count: 1, timeoutMs: 30_000, idleMs: 60_000, maxBytes: 16 << 20 }
const fewest = 200
const objects = Array.from({ length: 12 }, (_, index) => `part-${String(index)}`)

/** One render at a time by one host: a chart of twelve Deployments and a helper, a kustomization of ten files. */
export const rendering: Scenario = async (_, runs) => {
  const pool = new RenderPool({ ...limits, program: builtServer('render-host') })
  try {
    return [await measure(pool, 'helm', chart(), runs), await measure(pool, 'kustomize', overlay(), runs)]
  } finally {
    pool.stop()
  }
}

async function measure(pool: RenderPool, tool: string, request: RenderRequest, runs: number): Promise<Line> {
  const times: number[] = []
  for (let run = -5; run < Math.max(fewest, runs); run++) {
    const start = performance.now()
    const { problem, misses } = await pool.render(request)
    if (problem || misses.length > 0) throw new Error(problem?.message ?? `misses ${misses.join(', ')}`)
    if (run >= 0) times.push(performance.now() - start)
  }
  const perSecond = (1000 * times.length) / times.reduce((sum, time) => sum + time, 0)
  return { what: `${tool}: one render (${perSecond.toFixed(0)} a second)`, unit: 'ms', summary: summarize(times) }
}

function chart(): RenderRequest {
  const helper =
    '{{- define "labels" }}{{ range $k, $v := .Values.labels }}{{ $k }}: {{ $v | quote }}\n    {{ end }}{{ end }}'
  const files = Object.fromEntries(objects.map((name) => [`chart/templates/${name}.yaml`, template(name)]))
  const more = {
    'chart/Chart.yaml': 'apiVersion: v2\nname: bench\nversion: 1.0.0\n',
    'chart/values.yaml': 'replicas: 2\nimage: shop/web\ntag: "1"\nlabels: { team: shop, tier: web }\n',
    'chart/templates/_helpers.tpl': helper,
  }
  const options = { name: 'bench', namespace: 'bench', kubeVersion: 'v1.36.3', apiVersions: [], includeCRDs: true }
  const values = { values: [{ name: 'v', text: 'tag: "2"' }], set: ['replicas=3'], setString: [], setFile: [] }
  const helm = { ...options, ...values, skipSchema: false }
  return { op: 'helm', path: 'chart', files: { ...files, ...more }, ...nothing, helm }
}

function overlay(): RenderRequest {
  const names = objects.slice(0, 7)
  const files = Object.fromEntries(names.map((name) => [`base/${name}.yaml`, deployment(name, '1', 'team: shop')]))
  const more = {
    'base/kustomization.yaml': `resources: [${names.map((name) => `${name}.yaml`).join(', ')}]\n`,
    'app/kustomization.yaml':
      'resources: [../base]\nnamePrefix: eu-\nnamespace: eu\nimages: [{ name: shop/web, newTag: "2" }]\npatches: [{ path: p.yaml, target: { kind: Deployment } }]\nconfigMapGenerator: [{ name: settings, literals: [a=b] }]\n',
    'app/p.yaml': '[{ "op": "replace", "path": "/spec/replicas", "value": 5 }]',
  }
  const absent = ['app', 'base'].flatMap((folder) => [`${folder}/kustomization.yml`, `${folder}/Kustomization`])
  return { op: 'kustomize', path: 'app', files: { ...files, ...more }, ...nothing, absent }
}

const nothing = { binary: {}, folders: [], absent: [] }

function template(name: string): string {
  return deployment(name, '{{ .Values.tag }}', '{{ include "labels" . }}').replace(
    'replicas: 1',
    'replicas: {{ .Values.replicas }}',
  )
}

function deployment(name: string, tag: string, labels: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels:
    ${labels}
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "shop/web:${tag}", ports: [{ containerPort: 8080 }] }] }
`
}
