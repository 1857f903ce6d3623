import { kindOf, nameOf } from '../output/words'
import type { Colors } from '../terminal'

/** What became of one object; values are JSON, empty where there is none. */
interface Change {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly change: string
  readonly fields: readonly { readonly path: string; readonly before: string; readonly after: string }[]
}

/** The objects in which two releases differ, field by field. */
export function describeChanges(changes: readonly Change[], colors: Colors): string {
  if (changes.length === 0) return 'no differences'
  return changes.map((change) => describeChange(change, colors)).join('\n\n')
}

function describeChange({ change, fields, ...ref }: Change, colors: Colors): string {
  const lines = fields.flatMap(({ path, before, after }) => [
    `  ${path}`,
    ...(before === '' ? [] : [colors.red(`    - ${before}`)]),
    ...(after === '' ? [] : [colors.green(`    + ${after}`)]),
  ])
  return [colors.bold(`${change} ${kindOf(ref)} ${nameOf(ref)}`), ...lines].join('\n')
}
