import type { Problem } from '@k8or/contracts'
import { matchesGlob } from '@k8or/projects'
import { CommitFiles } from '../commit-files'
import { fileText, isUsable } from '../found-files'
import type { NamedText } from '../render-host'
import type { RenderJob } from '../render-job'
import type { Reads, SourceFile } from '../rendering'
import { pathFrom } from '../repository-path'

interface Place {
  readonly commit: CommitFiles
  readonly path: string
}

interface Found extends NamedText {
  /** Which file of which source it is. */
  readonly id: string
}

/** Finds files as values are named: relative to the chart, from the root by `/`, or in another source by `$ref/`. */
export class ValueFiles {
  readonly problems: Problem[] = []
  readonly reads: Reads = []

  constructor(
    private readonly job: RenderJob,
    private readonly own: CommitFiles,
    private readonly field: string,
    private readonly mayBeMissing: boolean,
  ) {}

  /** All that names and globs stand for, in order: a file that is named counts where it is named, and every file once. */
  async all(names: readonly string[]): Promise<NamedText[]> {
    const found = await Promise.all(names.map((name) => this.find(name)))
    const named = new Set(found.filter((_, index) => !isGlob(names[index] ?? '')).flatMap((files) => files.map(idOf)))
    const kept = new Map<string, Found>()
    found.forEach((files, index) => {
      const wanted = isGlob(names[index] ?? '') ? files.filter(({ id }) => !named.has(id)) : files
      for (const file of wanted) if (!kept.has(file.id)) kept.set(file.id, file)
    })
    return [...kept.values()]
  }

  /** What one name stands for. */
  async find(name: string): Promise<Found[]> {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name))
      return this.refuse(`${name} is remote and not fetched yet: copy the file into the repository`)
    const place = this.placeOf(name)
    if (typeof place === 'string') return this.refuse(place)
    const files = isGlob(name) ? await this.matching(place) : await this.single(place)
    if (files.length === 0 && !this.mayBeMissing)
      return this.refuse(isGlob(name) ? `values file glob ${name} matched no files` : `${name} does not exist`)
    if (!files.every(isUsable))
      return this.refuse(`${name} is a link that leads out of the repository; commit the file itself`)
    const found = files.map((file) => ({ id: place.commit.idOf(file.path), name, text: fileText(file) }))
    return found.every(isText) ? found : this.refuse(`${name} is not UTF-8; save it as UTF-8`)
  }

  private placeOf(name: string): Place | string {
    const { located, index, trees, environment } = this.job
    const [, ref, below = ''] = /^\$([\w-]+)(\/.*)?$/.exec(name) ?? []
    const referred = located.findIndex(({ declared }) => ref !== undefined && declared.ref === ref)
    const other = located[referred]
    if (other) return placed(new CommitFiles(trees, other, referred), '', environment.substitute(below), name)
    const path = environment.substitute(name)
    if (ref !== undefined && path.startsWith('/'))
      return `${name} refers to a source that spec.sources does not have: give one ref: ${ref}`
    return placed(this.own, located[index]?.resolved.path ?? '', path, name)
  }

  private async single({ commit, path }: Place): Promise<SourceFile[]> {
    this.reads.push(...(await commit.reads([path])))
    const entry = (await commit.list([path])).get(path)
    return entry?.kind === 'blob' ? commit.files([path]) : []
  }

  /** A glob depends on all that its folder holds. */
  private async matching({ commit, path }: Place): Promise<SourceFile[]> {
    const parts = path.split('/')
    const folder = parts.slice(0, parts.findIndex(isGlob)).join('/')
    this.reads.push(...(await commit.reads([folder])))
    if ((await commit.list([folder])).get(folder)?.kind !== 'tree') return []
    const files = await commit.folder(folder, true, ['.yaml', '.yml', '.json'])
    const globs = [path, path.replaceAll('**/', '')]
    return files.filter((file) => globs.some((glob) => matchesGlob(glob, file.path, '/')))
  }

  private refuse(why: string): Found[] {
    this.problems.push({ reason: 'ValuesUnreadable', field: this.field, message: `${this.field}: ${why}` })
    return []
  }
}

function placed(commit: CommitFiles, folder: string, path: string, name: string): Place | string {
  const found = pathFrom(folder, path)
  return found === undefined ? `${name} leaves the repository; name a file within it` : { commit, path: found }
}

function isText(file: Omit<Found, 'text'> & { readonly text: string | undefined }): file is Found {
  return file.text !== undefined
}

function isGlob(name: string): boolean {
  return /[*?[{]/.test(name.replace(/^\$\{[^}]*\}/, ''))
}

function idOf({ id }: Found): string {
  return id
}
