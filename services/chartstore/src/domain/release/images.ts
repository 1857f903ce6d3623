import type { ManifestObject } from '../render/rendering'

const containerLists = ['containers', 'initContainers', 'ephemeralContainers']
const templatePaths = [['spec'], ['spec', 'template', 'spec'], ['spec', 'jobTemplate', 'spec', 'template', 'spec']]

/** The images that objects run, each once, in order. */
export function imagesOf(objects: readonly ManifestObject[]): string[] {
  return [...new Set(objects.flatMap(objectImages))].sort()
}

function objectImages(object: ManifestObject): string[] {
  const templates = templatePaths.map((path) => path.reduce<unknown>((at, key) => fieldOf(at, key), object))
  return templates.flatMap((template) => containerLists.flatMap((list) => listImages(fieldOf(template, list))))
}

function listImages(list: unknown): string[] {
  if (!Array.isArray(list)) return []
  return list.map((container) => fieldOf(container, 'image')).filter((image) => typeof image === 'string')
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}
