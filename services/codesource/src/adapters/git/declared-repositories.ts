import { repositoryToken } from '@k8or/contracts'
import type { NamedRepository } from '../../domain/ports'
import type { Followed } from '../../domain/repository/followed'
import { namedRepository } from './git-mirrors'

/** Repositories by their URL, as somebody declared them: a declaration may carry credentials that a question does not. */
export class DeclaredRepositories {
  constructor(private readonly followed: Followed) {}

  /** @throws RepositoryError where the URL can not be one */
  of(url: string): NamedRepository {
    return this.followed.repository(repositoryToken(url)) ?? namedRepository(url)
  }
}
