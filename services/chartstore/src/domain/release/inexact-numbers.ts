import type { Problem } from '@k8or/contracts'
import { findValue } from '../render/find-value'
import type { RenderedObject } from '../render/rendering'

/** Integers so large that their last digits are not kept: schemas have them as bounds, where that is no harm. */
export function inexactNumbers(rendered: readonly RenderedObject[]): Problem[] {
  return rendered.flatMap(({ file, object }) => {
    const found = findValue(object, (value) => Number.isInteger(value) && !Number.isSafeInteger(value))
    if (!found) return []
    const { field, value } = found
    const message = `${file}: ${object.kind} ${object.metadata.name ?? ''}: field ${field} is about ${String(value)}: so large an integer is not kept to its last digit; quote it if that matters`
    return [{ reason: 'InexactNumber', file, field, message }]
  })
}
