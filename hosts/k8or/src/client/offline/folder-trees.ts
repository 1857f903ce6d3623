import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { SourceFile, TreeEntry, Trees, WantedFiles } from '@k8or/chartstore/domain'
import { CommandError } from '../errors'

const mostFiles = 20_000

/** A file that a rendering looked at. */
export interface Input {
  readonly path: string
  readonly digest: string
}

/** Folders of this machine in place of git: each stands for a repository, as it is now. */
export class FolderTrees implements Trees {
  readonly #inputs = new Map<string, Input>()

  constructor(
    /** The folder of a repository. @throws CommandError */
    private readonly folderOf: (repositoryUrl: string) => string,
  ) {}

  /** Every file whose content was looked at. */
  get inputs(): Input[] {
    return [...this.#inputs.values()].sort((one, other) => (one.path < other.path ? -1 : 1))
  }

  list(repositoryUrl: string, _: string, paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry>> {
    const root = this.folderOf(repositoryUrl)
    const entries = new Map<string, TreeEntry>()
    for (const path of paths.filter((each) => !each.includes('\0'))) {
      const found = statSync(join(root, path), { throwIfNoEntry: false })
      if (found && isInside(root, join(root, path)))
        entries.set(path, { id: path, kind: found.isDirectory() ? 'tree' : 'blob' })
    }
    return Promise.resolve(entries)
  }

  read(repositoryUrl: string, _: string, path: string, { recurse, suffixes }: WantedFiles): Promise<SourceFile[]> {
    const root = this.folderOf(repositoryUrl)
    if (path.includes('\0')) throw new CommandError(`path ${JSON.stringify(path)} can not be read: it holds a NUL byte`)
    const names = listFiles(join(root, path), recurse)
    if (!isInside(root, join(root, path)))
      throw new CommandError(`path ${path} leads out of the repository ${root}`, 'name a folder within it')
    const wanted = names.filter((name) => suffixes.length === 0 || suffixes.some((suffix) => name.endsWith(suffix)))
    return Promise.resolve(wanted.map((name) => this.file(root, path, name)))
  }

  /** Content is read, and noted as an input, only where the renderer looks at it. */
  private file(root: string, folder: string, name: string): SourceFile {
    const file = join(root, folder, name)
    const note = (content: Buffer): Buffer => {
      const digest = createHash('sha256').update(content).digest('hex')
      this.#inputs.set(file, { path: join(folder, name), digest })
      return content
    }
    const isLink = lstatSync(file).isSymbolicLink()
    const link = isLink ? linkOf(root, file) : undefined
    let content: Buffer | undefined
    return {
      path: name,
      isLink,
      ...(link === undefined ? {} : { link }),
      get content(): Uint8Array {
        content ??= note(
          link === undefined || link === 'followed' ? readFileSync(file) : Buffer.from(readlinkSync(file)),
        )
        return content
      },
    }
  }
}

function linkOf(root: string, file: string): NonNullable<SourceFile['link']> {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) return 'dangling'
  if (!isInside(root, file)) return 'outside'
  return found.isDirectory() ? 'directory' : 'followed'
}

function isInside(root: string, file: string): boolean {
  const real = realpathSync(root)
  return `${realpathSync(file)}${sep}`.startsWith(real === sep ? sep : `${real}${sep}`)
}

function listFiles(directory: string, recursive: boolean): string[] {
  try {
    const entries = readdirSync(directory, { recursive, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, '/').length))
    if (files.length > mostFiles) throw new Error(`it holds more than ${mostFiles} files`)
    return files.filter((path) => !path.startsWith('.git/')).sort()
  } catch (cause) {
    throw new CommandError(
      `the folder ${directory} can not be read: ${(cause as Error).message}`,
      'see the path of the source and --source',
      { cause },
    )
  }
}
