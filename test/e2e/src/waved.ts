import { readyAfterAnnotation, valueAt, type KubeObject } from '@k8or/rig'

/** The manifest, to be applied in a wave. */
export function wave(manifest: string, number: number): string {
  const annotations = `annotations: { argocd.argoproj.io/sync-wave: "${String(number)}" }`
  return manifest
    .replace(/^metadata: \{ /m, `metadata: { ${annotations}, `)
    .replace(/^metadata:\n/m, `metadata:\n  ${annotations}\n`)
}

/** The pods of a Deployment are ready only after a while. */
export const slowly = (manifest: string, readyAfterMs: number): string =>
  manifest.replace(
    '    metadata: { labels:',
    `    metadata: { annotations: { ${readyAfterAnnotation}: "${String(readyAfterMs)}" }, labels:`,
  )

/** A Deployment that gives up soon. */
export const impatient = (manifest: string): string =>
  manifest.replace('  replicas:', '  progressDeadlineSeconds: 2\n  replicas:')

/** A field of the operation as the status tells it, in text. */
export function operation(application: KubeObject | undefined, field: string): string {
  const value = valueAt(application, `status.operationState.${field}`)
  return typeof value === 'string' ? value : ''
}
