import type { ImageRecord, Problem } from '@k8or/contracts'
import type { KnownTag } from '../known-tag'
import type { ImagePolicy } from '../policy'
import type { DecisionBooks, Saying } from './decision-books'
import type { ImageWriter } from './image-writer'
import type { Opened } from './opening'

type Cause = Pick<Saying, 'tag' | 'digest' | 'causes' | 'correlationId'>

/** What a push led to. */
export function causeOfPush({ tag, digest, factId, correlationId }: ImageRecord): Cause {
  return { tag, digest, causes: [factId], correlationId }
}

/** What led to a tag: its push, where that is known. */
export function causeOf({ name, digest = '' }: KnownTag, rows: readonly ImageRecord[]): Cause {
  const row = rows.find(({ tag }) => tag === name)
  return row ? causeOfPush(row) : { tag: name, digest, causes: [], correlationId: '' }
}

/** Says that an image can not be considered, and after which push that came to light. */
export async function sayFailed(
  books: DecisionBooks,
  writer: ImageWriter,
  policy: ImagePolicy,
  problem: Problem,
  row?: ImageRecord,
): Promise<void> {
  const about = row ? causeOfPush(row) : { tag: '', digest: '', causes: [], correlationId: '' }
  await books.say(writer, policy, { ...about, outcome: 'failed', reason: problem.message, problem })
}

export function notNamed(
  { application, source }: ImageWriter,
  { name, alias }: ImagePolicy,
  { place }: Opened,
): Problem {
  const where =
    place.kind === 'manifests'
      ? `no file of ${source.path || '.'} names ${name}`
      : `${application.ref.name} does not run ${name}`
  const next = place.kind === 'manifests' ? 'name it there' : `set ${alias}.force-update`
  return { reason: 'ImageNotNamed', message: `${where}: ${next}, or take it out of the annotation image-list` }
}

export function notFollowed(branch: string): Problem {
  const field = 'argocd-image-updater.argoproj.io/git-branch'
  const message = `annotation ${field}: branch "${branch}" is followed by no application, so what it holds is not known: name one that is`
  return { reason: 'BranchNotFollowed', field, message }
}
