import { repositoryToken, revisionKey, type ApplicationRecord, type DeclaredSource } from '@k8or/contracts'
import { isReferenceOnly } from '../../render/tools'
import { readPolicies, type ImagePolicies, type ImagePolicy } from '../policy'

/** An application with policies for images, and where they are written. */
export interface ImageWriter {
  readonly application: ApplicationRecord
  /** As Argo CD names it in files: with its namespace outside the control namespace. */
  readonly instanceName: string
  readonly policies: ImagePolicies
  readonly source: DeclaredSource
  /** The key of the revision whose branch is written to. */
  readonly key: string
}

const known = new WeakMap<ApplicationRecord, ImageWriter | null>()

/** What an application says about its images; undefined when it says nothing, or has no source in git. */
export function writerOf(application: ApplicationRecord): ImageWriter | undefined {
  const found = known.get(application)
  if (found !== undefined) return found ?? undefined
  const writer = makeWriter(application)
  known.set(application, writer ?? null)
  return writer
}

/** The policies of an application that are about an image. */
export function policiesFor({ policies }: ImageWriter, imageToken: string): ImagePolicy[] {
  return policies.images.filter(({ token }) => token === imageToken)
}

function makeWriter(application: ApplicationRecord): ImageWriter | undefined {
  if (application.imagePolicy === undefined) return undefined
  const policies = readPolicies(application.imagePolicy)
  const source = sourceOf(application.sources)
  if (policies.images.length === 0 || !source) return undefined
  const target = policies.writeBack.branch || source.targetRevision
  const key = revisionKey(repositoryToken(source.repoURL), target)
  return { application, instanceName: instanceNameOf(application), policies, source, key }
}

/** The first source in git that is rendered; one that only lends its files where there is no other. */
function sourceOf(sources: readonly DeclaredSource[]): DeclaredSource | undefined {
  const inGit = sources.filter(({ chart = '', repoURL }) => chart === '' && !repoURL.startsWith('oci://'))
  return inGit.find((source) => !isReferenceOnly(source)) ?? inGit[0]
}

/** The token is the instance name with a part of the uid behind it, and `~` for dots. */
function instanceNameOf({ token }: ApplicationRecord): string {
  return token.replace(/_[^_]*$/, '').replaceAll('~', '.')
}
