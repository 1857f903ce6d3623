import type { Problem } from '@k8or/contracts'
import { splitApiVersion } from '@k8or/kube-objects'
import type { RenderedObject } from '../render/rendering'

/** Every object once: of those that are there more than once the last counts, as in Argo CD, and that is said. */
export function settleRepeats(rendered: readonly RenderedObject[]): {
  objects: RenderedObject['object'][]
  warnings: Problem[]
} {
  const kept = new Map<string, RenderedObject>()
  const warnings: Problem[] = []
  for (const one of rendered) {
    const key = keyOf(one.object) ?? `generated ${String(kept.size)}`
    const earlier = kept.get(key)
    if (earlier) warnings.push(repeated(earlier, one))
    kept.set(key, one)
  }
  return { objects: [...kept.values()].map(({ object }) => object), warnings }
}

function keyOf({ apiVersion, kind, metadata }: RenderedObject['object']): string | undefined {
  if (metadata.name === undefined) return undefined
  return [splitApiVersion(apiVersion).group, kind, metadata.namespace ?? '', metadata.name].join('\n')
}

function repeated(earlier: RenderedObject, last: RenderedObject): Problem {
  const { kind, metadata } = last.object
  const where = earlier.file === last.file ? `twice in ${last.file}` : `in ${earlier.file} and in ${last.file}`
  const message = `${kind} ${metadata.name ?? ''} is declared ${where}; the last one counts, remove the other`
  return { reason: 'RepeatedResource', file: last.file, message }
}
