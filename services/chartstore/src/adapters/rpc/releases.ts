import {
  Releases as ReleasesService,
  type GetReleaseRequest,
  type ListReleasesRequest,
} from '@k8or/contracts/rpc/chartstore/v1/releases'
import type { ReleaseRecord } from '@k8or/contracts'
import { NotFoundError, RpcService } from '@k8or/rpc'
import { StoredReleases } from '../jetstream/releases'

@RpcService(ReleasesService)
export class ReleaseAnswers {
  constructor(private readonly releases: StoredReleases) {}

  async getRelease({ applicationUid, number }: GetReleaseRequest) {
    const wanted = Number(number)
    const record =
      wanted === 0 ? await this.releases.latest(applicationUid) : await this.releases.get(applicationUid, wanted)
    if (!record || record.release === 0)
      throw new NotFoundError(`application ${applicationUid} has no release${wanted === 0 ? '' : ` ${String(wanted)}`}`)
    const manifests = await this.releases.manifests(record.digest)
    if (!manifests)
      throw new NotFoundError(
        `the manifests of release ${String(record.release)} of ${record.application.name} are gone; refresh the application to render them again`,
      )
    return { release: messageOf(record), manifests }
  }

  async listReleases({ applicationUid, limit }: ListReleasesRequest) {
    const records = await this.releases.list(applicationUid)
    return { releases: records.slice(0, limit > 0 ? limit : 100).map(messageOf) }
  }
}

function messageOf({ release, digest, inputDigest, sources, images, objects, renderedAt }: ReleaseRecord) {
  return {
    number: BigInt(release),
    digest,
    inputDigest,
    images,
    objects,
    renderedAt,
    sources: sources.map(({ repoURL, path, targetRevision, revision, tree }) => ({
      repoUrl: repoURL,
      path,
      targetRevision,
      revision,
      tree,
    })),
  }
}
