/** A file below the path of a source, relative to it. */
export interface SourceFile {
  readonly path: string
  /** The id that git gives to its content. */
  readonly id: string
  readonly content: Uint8Array
  readonly isLink: boolean
}

/** One file as it shall be; without content it is taken away. */
export interface FileRestore {
  readonly path: string
  /** What it is made from; empty where the file is not there. */
  readonly baseId: string
  readonly content: Uint8Array | undefined
}

/** What makes the files as they were; or why that can not be written. */
export function restoreFiles(
  were: readonly SourceFile[],
  are: readonly SourceFile[],
): readonly FileRestore[] | { readonly problem: string } {
  const now = new Map(are.map((file) => [file.path, file]))
  const before = new Map(were.map((file) => [file.path, file]))
  const changed = were.filter(({ path, id }) => now.get(path)?.id !== id)
  const added = are.filter(({ path }) => !before.has(path))
  const link = [...changed, ...added].find(({ path, isLink }) => isLink || now.get(path)?.isLink)
  if (link) return { problem: `${link.path} is a link, and was changed` }
  return [
    ...changed.map(({ path, content }) => ({ path, content, baseId: now.get(path)?.id ?? '' })),
    ...added.map(({ path, id }) => ({ path, content: undefined, baseId: id })),
  ]
}
