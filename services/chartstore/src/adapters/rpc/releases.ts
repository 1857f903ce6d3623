import type { HandlerContext } from '@connectrpc/connect'
import {
  Releases as ReleasesService,
  type DiffReleasesRequest,
  type GetReleaseRequest,
  type ListReleasesRequest,
  type RefreshRequest,
} from '@k8or/contracts/rpc/chartstore/v1/releases'
import type { ReleaseRecord } from '@k8or/contracts'
import { diffSets, formatPath, type KubeObject, type ObjectChange } from '@k8or/kube-objects'
import { NotFoundError, RpcService, untilDone } from '@k8or/rpc'
import { Agenda } from '../../domain/agenda/agenda'
import { StoredReleases } from '../jetstream/releases'

@RpcService(ReleasesService)
export class ReleaseAnswers {
  constructor(
    private readonly releases: StoredReleases,
    private readonly agenda: Agenda,
  ) {}

  async getRelease({ applicationUid, number }: GetReleaseRequest) {
    const { record, manifests } = await this.read(applicationUid, Number(number))
    return { release: messageOf(record), manifests }
  }

  async diffReleases({ applicationUid, from, to }: DiffReleasesRequest) {
    const [before, after] = await Promise.all([from, to].map((number) => this.read(applicationUid, Number(number))))
    if (!before || !after) throw new NotFoundError(`application ${applicationUid} has no release`)
    const changes = diffSets(objectsOf(before.manifests), objectsOf(after.manifests))
    return { from: messageOf(before.record), to: messageOf(after.record), objects: changes.map(changeMessage) }
  }

  async listReleases({ applicationUid, limit }: ListReleasesRequest) {
    const records = await this.releases.list(applicationUid)
    return { releases: records.slice(0, limit > 0 ? limit : 100).map(messageOf) }
  }

  async refresh({ applicationUid, hard }: RefreshRequest, { signal }: HandlerContext) {
    await untilDone(signal, (done) => {
      if (!this.agenda.refresh(applicationUid, hard, done))
        throw new NotFoundError(`there is no application ${applicationUid}`)
    })
    const latest = await this.releases.latest(applicationUid)
    const problems = latest?.problems.map(({ message }) => message) ?? []
    return { problems, ...(latest && latest.release > 0 ? { release: messageOf(latest) } : {}) }
  }

  private async read(uid: string, wanted: number) {
    const record = wanted === 0 ? await this.releases.latest(uid) : await this.releases.get(uid, wanted)
    if (!record || record.release === 0) {
      const kept = (await this.releases.list(uid)).map(({ release }) => release)
      const there = kept.length === 0 ? '' : `: kept are ${kept.join(', ')}`
      throw new NotFoundError(`application ${uid} has no release${wanted === 0 ? '' : ` ${String(wanted)}`}${there}`)
    }
    const manifests = await this.releases.manifests(record.digest)
    if (manifests) return { record, manifests }
    throw new NotFoundError(
      `the manifests of release ${String(record.release)} of ${record.application.name} are gone; refresh the application to render them again`,
    )
  }
}

function objectsOf(manifests: Uint8Array): KubeObject[] {
  return JSON.parse(Buffer.from(manifests).toString('utf8')) as KubeObject[]
}

function changeMessage({ ref, change, fields }: ObjectChange) {
  const text = (value: unknown) => (value === undefined ? '' : JSON.stringify(value))
  return {
    ...ref,
    change,
    fields: fields.map(({ path, live, desired }) => ({
      path: formatPath(path),
      before: text(live),
      after: text(desired),
    })),
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
