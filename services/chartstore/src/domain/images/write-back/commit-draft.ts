import { sha256 } from '@k8or/contracts'
import type { SourceFile } from '../../render/rendering'
import { NotEditableError, type FieldChange, type TextFile } from '../edit/edited'
import type { KnownTag } from '../known-tag'
import type { CommitToMake, FileToCommit } from '../ports'
import type { ImagePolicy } from '../policy'
import type { ImageWriter } from './image-writer'

/** One image of one application that is about to be written. */
export interface PendingImage {
  readonly writer: ImageWriter
  readonly policy: ImagePolicy
  readonly tag: KnownTag
  readonly reason: string
  readonly changes: readonly (FieldChange & { readonly file: string })[]
  readonly causes: readonly string[]
  readonly correlationId: string
}

interface DraftFile {
  readonly baseId: string
  readonly original: string
  text: string
}

/** The edits of one branch that wait to become a commit; several of one file build on each other. */
export class CommitDraft {
  readonly #files = new Map<string, DraftFile>()
  readonly pending: PendingImage[] = []

  /** A file as it is with the edits so far. What is not UTF-8 can not be kept as it is. */
  open(path: string, file: SourceFile | undefined): TextFile {
    const known = this.#files.get(path)
    if (known) return { path, text: known.text }
    const original = file ? decode(path, file.content) : ''
    this.#files.set(path, { baseId: file?.id ?? '', original, text: original })
    return { path, text: original }
  }

  edit(path: string, text: string): void {
    const file = this.#files.get(path)
    if (file) file.text = text
  }

  add(pending: PendingImage): void {
    this.pending.push(pending)
  }

  files(): FileToCommit[] {
    const changed = [...this.#files].filter(([, { original, text }]) => text !== original)
    return changed
      .map(([path, { baseId, text }]) => ({ path, baseId, content: new TextEncoder().encode(text) }))
      .sort((one, other) => (one.path < other.path ? -1 : 1))
  }

  /** What is asked of CodeSource. The same edits of the same content are the same operation, however often they are asked for. */
  commit(place: { readonly repositoryUrl: string; readonly branch: string }, causes: readonly string[]): CommitToMake {
    const files = this.files()
    const content = files.map(({ path, baseId }) => `${path} ${baseId}`)
    const images = this.pending.map(({ writer, policy, tag }) =>
      [writer.application.ref.uid, policy.alias, tag.name, tag.digest ?? ''].join(' '),
    )
    const operation = `image-update/${sha256([place.branch, ...images.sort(), ...content].join('\n')).slice(0, 32)}`
    const correlationId = this.pending[0]?.correlationId ?? ''
    return { ...place, files, message: messageOf(this.pending), operation, causes, correlationId }
  }
}

function decode(path: string, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch (cause) {
    const message = `${path} is not UTF-8 and can not be edited: save it as UTF-8`
    throw new NotEditableError({ reason: 'ImageNotEditable', file: path, message }, { cause })
  }
}

/** A subject for one image or many, and a list of what changes. */
function messageOf(pending: readonly PendingImage[]): string {
  const updates = new Map(pending.map((one) => [`${one.policy.name} to ${versionOf(one.tag, one.policy)}`, one]))
  const [first = ''] = updates.keys()
  const subject = updates.size === 1 ? `update ${first}` : `update ${String(updates.size)} images`
  const lines = pending.map(({ writer, policy, tag, changes }) => {
    const from = [...new Set(changes.map((change) => change.from).filter((text) => text !== ''))].join(', ')
    const before = from === '' ? '' : ` from ${from}`
    return `- ${writer.instanceName}: ${policy.name}${before} to ${versionOf(tag, policy)}`
  })
  return `${subject}\n\n${lines.join('\n')}`
}

function versionOf({ name, digest = '' }: KnownTag, { strategy }: ImagePolicy): string {
  return strategy === 'digest' ? `${name}@${digest}` : name
}
