import type { RenderedObject } from '../rendering'

const leftOut = /^(pre-rollback|post-rollback|test(-success|-failure)?)$/

/** Helm's tests and what runs on its own rollbacks have no place here. */
export function isLeftOut({ object }: RenderedObject): boolean {
  const annotations = (object.metadata as { annotations?: Record<string, unknown> | null }).annotations ?? {}
  const hook = annotations['helm.sh/hook']
  if (typeof hook !== 'string' || hook === '') return false
  return hook.split(',').every((event) => leftOut.test(event.trim()))
}
