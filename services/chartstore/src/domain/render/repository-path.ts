/** A path as seen from a folder of the repository, a leading slash meaning its root; undefined when it leads out. */
export function pathFrom(folder: string, path: string): string | undefined {
  const parts: string[] = path.startsWith('/') ? [] : partsOf(folder)
  for (const part of partsOf(path)) {
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

/** A path below a folder. */
export function joined(folder: string, path: string): string {
  return [folder, path].filter((part) => part !== '').join('/')
}

/** The folder that a path lies in; empty is the root. */
export function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/')
}

/** Whether a path is a folder or lies below it. */
export function isWithin(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}
