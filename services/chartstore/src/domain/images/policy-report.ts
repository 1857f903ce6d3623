import {
  applicationToken,
  canonicalImageName,
  parseImageReference,
  type ApplicationRecord,
  type ImageDecisionRecord,
} from '@k8or/contracts'
import type { ApplicationIndex } from '../applications/application-index'
import type { Releases } from '../ports'
import type { ImageDecisions, PushedImages } from './ports'
import type { ImagePolicy } from './policy'
import { writerOf, type ImageWriter } from './write-back/image-writer'
import { knownTags } from './write-back/known-tags'
import type { RegistryViews } from './write-back/registry-views'

/** How it stands with one image of an application. */
export interface PolicyState {
  readonly alias: string
  readonly image: string
  readonly strategy: string
  readonly constraint: string
  readonly current: string
  readonly newest: string
  readonly outcome: string
  readonly tag: string
  readonly reason: string
  readonly decidedAt: string
  readonly problems: string[]
  readonly decisions: ImageDecisionRecord['history']
}

/** Tells people of the image policies of an application. */
export class PolicyReport {
  constructor(
    private readonly applications: ApplicationIndex,
    private readonly releases: Releases,
    private readonly pushed: PushedImages,
    private readonly registries: RegistryViews,
    private readonly decisions: ImageDecisions,
  ) {}

  /** Undefined when there is no such application; an empty namespace is the control namespace. */
  async of(namespace: string, name: string): Promise<PolicyState[] | undefined> {
    const records = this.applications.uids().map((uid) => this.applications.get(uid)?.record)
    const record = records.find((each) => each && isNamed(each, namespace, name))
    if (!record) return undefined
    const writer = writerOf(record)
    return Promise.all((writer?.policies.images ?? []).map((policy) => this.stateOf(writer, policy)))
  }

  private async stateOf(writer: ImageWriter | undefined, policy: ImagePolicy): Promise<PolicyState> {
    const uid = writer?.application.ref.uid ?? ''
    const release = await this.releases.latest(uid)
    const references = (release?.images ?? []).map((image) => parseImageReference(image))
    const running = references.find((reference) => reference && canonicalImageName(reference.name) === policy.name)
    const tags = knownTags(await this.pushed.of(policy.token), this.registries.of(policy))
    const newest = tags.toSorted((one, other) => ((one.created ?? '') < (other.created ?? '') ? 1 : -1))[0]
    const { last, history = [] } = this.decisions.get(uid, policy.alias) ?? {}
    const wrong = [...policy.problems, ...(writer?.policies.problems ?? [])].map(({ message }) => message)
    const registry = this.registries.problemOf(policy)
    return {
      ...{ alias: policy.alias, image: policy.name, strategy: policy.strategy, constraint: policy.constraint },
      current: running?.digest ?? running?.tag ?? '',
      newest: newest?.name ?? '',
      ...{ outcome: last?.data.outcome ?? '', tag: last?.data.tag ?? '', reason: last?.data.reason ?? '' },
      decidedAt: last?.at ?? '',
      problems: registry === undefined ? wrong : [...wrong, registry],
      decisions: history,
    }
  }
}

function isNamed({ ref, token }: ApplicationRecord, namespace: string, name: string): boolean {
  if (namespace === '') return token === applicationToken(name, ref.uid)
  return ref.namespace === namespace && ref.name === name
}
