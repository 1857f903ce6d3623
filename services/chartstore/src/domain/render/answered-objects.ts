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

/** A host's problem as one of the release; Helm names template and line within its message, not everybody names anything. */
export function problemOf(
  { reason, message: said, file, field }: NonNullable<RenderAnswer['problem']>,
  source: string,
): Problem {
  const isNamed = file === undefined ? /[\w-]+\.(ya?ml|json|tpl|txt)\b/.test(said) : said.includes(file)
  const message = isNamed || field !== undefined ? said : `${file ?? source}: ${said}`
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
