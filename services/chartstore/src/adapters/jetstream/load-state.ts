import type { ReleaseBooks } from '../../domain/release/release-books'
import type { ApplicationIndex } from '../../domain/applications/application-index'
import type { DeclaredApplications } from './declared-applications'
import type { StoredReleases } from './releases'

/** What must be known before the first key is looked at. */
export interface State {
  readonly applications: DeclaredApplications
  readonly index: ApplicationIndex
  readonly releases: StoredReleases
  readonly books: ReleaseBooks
}

/** Reads the declared applications and the newest releases; says again what a killed process may not have said. */
export async function loadState({ applications, index, releases, books }: State): Promise<void> {
  for (const { value, revision } of await applications.list())
    index.put({ record: value, revision, factId: '', correlationId: '' })
  for (const unsaid of await releases.load()) {
    const application = index.get(unsaid.application.uid)
    if (application) await books.publish(unsaid, application.record.token)
  }
}
