import { Releases } from '@k8or/contracts/rpc/chartstore/v1/releases'
import { Refreshes } from '@k8or/contracts/rpc/codesource/v1/refreshes'
import type { Calls } from '@k8or/rpc'
import { sourcesOf, type Application } from '../domain/application/application'

/** Has the sources of an application looked at now: first fetched, then rendered. */
export class Refresher {
  readonly #refreshes
  readonly #releases

  constructor(calls: Calls) {
    this.#refreshes = calls.to('codesource', Refreshes)
    this.#releases = calls.to('chartstore', Releases)
  }

  /** Answers what ChartStore has when both are done; `isHard` renders again though nothing has changed. */
  async refresh({ uid, spec }: Application, isHard: boolean, signal: AbortSignal) {
    const before = await this.#releases.listReleases({ applicationUid: uid, limit: 1 }, { signal })
    const repositories = new Set(sourcesOf(spec).map(({ repoURL }) => repoURL))
    const looks = [...repositories].map((repositoryUrl) =>
      this.#refreshes.refresh({ repositoryUrl, wait: true }, { signal }),
    )
    await Promise.all(looks)
    const { release, problems } = await this.#releases.refresh({ applicationUid: uid, hard: isHard }, { signal })
    return {
      release: release?.number ?? 0n,
      isNew: release !== undefined && release.number !== before.releases[0]?.number,
      revisions: release?.sources.map(({ revision }) => revision) ?? [],
      problems,
    }
  }
}
