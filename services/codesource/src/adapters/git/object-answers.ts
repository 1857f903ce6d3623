/** What git says of one object. */
export interface FoundObject {
  readonly kind: 'found'
  readonly id: string
  readonly type: 'blob' | 'tree' | 'commit' | 'tag'
  readonly size: number
  /** Empty where only the description was asked for. */
  readonly content: Buffer
}

/** Git's answer to one question; links that lead nowhere are told apart. */
export type ObjectAnswer =
  FoundObject | { readonly kind: 'missing' | 'ambiguous' | 'dangling' | 'loop' | 'notdir' | 'symlink' }

export type Verb = 'info' | 'contents'

const found = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/
const strayed = /^(dangling|loop|notdir|symlink) (\d+)$/
const newline = 10

/** Reads what `git cat-file --batch-command` prints, in whatever pieces it arrives. */
export class ObjectAnswers {
  private pieces: Buffer[] = []
  private length = 0
  private needed = 1

  /** Takes output and calls back for each answer; `nextVerb` says what the next one answers. */
  take(chunk: Buffer, nextVerb: () => Verb, onAnswer: (answer: ObjectAnswer) => void): void {
    this.pieces.push(chunk)
    this.length += chunk.length
    if (this.length < this.needed) return
    let rest = this.pieces.length === 1 ? chunk : Buffer.concat(this.pieces)
    for (;;) {
      const read = readAnswer(rest, nextVerb)
      if (typeof read === 'number') {
        this.keep(rest, read)
        return
      }
      rest = rest.subarray(read.length)
      onAnswer(read.answer)
      if (rest.length === 0) return this.keep(rest, 1)
    }
  }

  private keep(rest: Buffer, needed: number): void {
    this.pieces = rest.length === 0 ? [] : [rest]
    this.length = rest.length
    this.needed = needed
  }
}

/** One answer from the beginning of the output, or how many bytes there must be before it makes sense to try again. */
function readAnswer(output: Buffer, nextVerb: () => Verb): { answer: ObjectAnswer; length: number } | number {
  const end = output.indexOf(newline)
  if (end < 0) return output.length + 1
  const line = output.toString('utf8', 0, end)
  const stray = strayed.exec(line)
  if (stray) {
    const length = end + 1 + Number(stray[2]) + 1
    return output.length < length ? length : { answer: { kind: stray[1] as 'dangling' }, length }
  }
  const match = found.exec(line)
  if (!match) return { answer: { kind: line.endsWith(' ambiguous') ? 'ambiguous' : 'missing' }, length: end + 1 }
  const [, id = '', type = '', size = ''] = match
  const isWhole = nextVerb() === 'contents'
  const length = end + 1 + (isWhole ? Number(size) + 1 : 0)
  if (output.length < length) return length
  const content = isWhole ? Buffer.from(output.subarray(end + 1, length - 1)) : Buffer.alloc(0)
  return { answer: { kind: 'found', id, type: type as 'blob', size: Number(size), content }, length }
}
