import type { Resource } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { CommandError } from '../errors'

/** One object by the names that people know it by. */
export interface SelectedResource {
  readonly group: string
  readonly kind: string
  /** Any when empty. */
  readonly namespace: string
  readonly name: string
}

interface Selector extends SelectedResource {
  readonly isExcluded: boolean
}

const form = /^(!?)([^:/]*):([^:/]+):(?:([^:/]+)\/)?([^:/]+)$/

/** The objects that `GROUP:KIND:[NAMESPACE/]NAME` name, or all but those with `!` in front; asks for the objects only where it must. */
export async function selectResources(
  texts: readonly string[],
  objects: () => Promise<readonly Resource[]>,
): Promise<SelectedResource[]> {
  const selectors = texts.map(parseSelector)
  const excluded = selectors.filter(({ isExcluded }) => isExcluded)
  const named = selectors.filter(({ isExcluded }) => !isExcluded)
  const candidates: readonly SelectedResource[] = excluded.length > 0 && named.length === 0 ? await objects() : named
  const selected = candidates.filter((one) => !excluded.some((selector) => matches(selector, one)))
  if (texts.length > 0 && selected.length === 0)
    throw new CommandError('no object is left to be synced', 'name other objects with --resource')
  return selected.map(({ group, kind, namespace, name }) => ({ group, kind, namespace, name }))
}

function parseSelector(text: string): Selector {
  const [, not, group = '', kind, namespace = '', name] = form.exec(text) ?? []
  if (kind === undefined || name === undefined)
    throw new CommandError(
      `"${text}" names no object`,
      'write GROUP:KIND:[NAMESPACE/]NAME, such as apps:Deployment:web or :ConfigMap:shop/settings',
    )
  return { isExcluded: not === '!', group, kind, namespace, name }
}

function matches({ group, kind, namespace, name }: Selector, one: SelectedResource): boolean {
  const isThere = namespace === '' || one.namespace === '' || namespace === one.namespace
  return group === one.group && kind === one.kind && name === one.name && isThere
}
