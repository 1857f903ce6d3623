import type { KubeObject } from './kube-object'

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Hides the values of a Secret in several states of it: equal values get equal masks, different ones different masks
 * (8 plus signs for the first distinct value of a key, 4 more for each further one), so that a change stays visible.
 */
export function maskSecrets<State extends KubeObject | undefined>(states: readonly State[]): State[] {
  if (!states.some((state) => state?.kind === 'Secret' && state.apiVersion === 'v1')) return [...states]
  const masks = new Map<string, string[]>()
  return states.map((state) => (state === undefined ? state : maskSecret(state, masks)))
}

function maskSecret<State extends KubeObject>(secret: State, masks: Map<string, string[]>): State {
  const masked: KubeObject = { ...secret }
  for (const part of ['data', 'stringData']) {
    const values = secret[part]
    if (values === undefined || values === null) continue
    masked[part] =
      typeof values === 'object' ? maskEach(part, values, masks) : maskFor('', JSON.stringify(values), masks)
  }
  const { annotations } = secret.metadata
  if (annotations?.[lastApplied] !== undefined)
    masked.metadata = { ...secret.metadata, annotations: { ...annotations, [lastApplied]: '++++++++' } }
  return masked as State
}

function maskEach(part: string, values: object, masks: Map<string, string[]>): Record<string, string> {
  const masked = Object.entries(values).map(([key, value]) => [key, maskFor(key, plainValue(part, value), masks)])
  return Object.fromEntries(masked) as Record<string, string>
}

function plainValue(part: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return part === 'data' ? Buffer.from(text, 'base64').toString('latin1') : Buffer.from(text).toString('latin1')
}

function maskFor(key: string, value: string, masks: Map<string, string[]>): string {
  const seen = masks.get(key) ?? []
  masks.set(key, seen)
  if (!seen.includes(value)) seen.push(value)
  return '+'.repeat(8 + 4 * seen.indexOf(value))
}
