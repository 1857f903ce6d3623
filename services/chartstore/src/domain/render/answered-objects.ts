import type { Problem } from '@k8or/contracts'
import { checkObject, expandLists } from './directory/check-object'
import type { RenderAnswer } from './render-host'
import type { Rendered, RenderedObject } from './rendering'

/** What a host rendered, each document checked to be an object and lists taken apart. */
export function checkedObjects({ objects: answered }: RenderAnswer): Rendered {
  const objects: RenderedObject[] = []
  const problems: Problem[] = []
  for (const { file, object } of answered)
    for (const item of expandLists(object)) {
      const checked = checkObject(file, file, item)
      if ('problem' in checked) problems.push(checked.problem)
      else objects.push({ file, object: checked.object })
    }
  return { objects, problems }
}

/** A host's problem as one of the release; Helm names template and line within its message. */
export function problemOf({ reason, message, file, field }: NonNullable<RenderAnswer['problem']>): Problem {
  const [, template, line] = /\(?([\w./-]+\.(?:ya?ml|tpl|txt)):(\d+)/.exec(message) ?? []
  const named = file ?? template
  return {
    reason,
    message,
    ...(named === undefined ? {} : { file: named }),
    ...(line === undefined || file !== undefined ? {} : { line: Number(line) }),
    ...(field === undefined ? {} : { field }),
  }
}
