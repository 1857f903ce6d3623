import type { ReleaseBooks } from '../../domain/release/release-books'
import type { ApplicationIndex } from '../../domain/applications/application-index'
import type { Work } from '../work'
import type { DeclaredApplications } from './declared-applications'
import type { StoredReleases } from './releases'

/** What must be known before the first key is looked at. */
export interface State {
  readonly applications: DeclaredApplications
  readonly work: Work
  readonly index: ApplicationIndex
  readonly releases: StoredReleases
  readonly books: ReleaseBooks
}

/** Reads the declared applications and the newest releases; says again what a killed process may not have said. */
export async function loadState({ applications, work, index, releases, books }: State): Promise<void> {
  for (const row of await applications.list()) work.known(row)
  for (const unsaid of await releases.load()) {
    const application = index.get(unsaid.application.uid)
    if (application) await books.publish(unsaid, application.record.token)
  }
}
