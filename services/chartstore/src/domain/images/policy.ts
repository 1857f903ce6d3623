import { canonicalImageName, imageToken, type Problem } from '@k8or/contracts'
import { annotationProblem } from './annotation-problem'
import { parseConstraint } from './constraint'
import type { ValueKeys } from './edit/values'
import type { TagRules } from './select'
import { strategyOf, type Strategy } from './strategy'
import { readWriteBack, type WriteBack } from './write-annotations'

/** What an application's annotations say about one image. */
export interface ImagePolicy extends TagRules {
  /** What its annotations begin with: its alias, or its name, with `_` for `/`. */
  readonly alias: string
  /** As it is written, without tag. */
  readonly image: string
  /** In full, as facts name it. */
  readonly name: string
  readonly token: string
  readonly isForced: boolean
  readonly pullSecret: string
  /** The parameters of a chart that hold it. */
  readonly helm: ValueKeys & { readonly isDefault: boolean }
  /** The image that a kustomization's bases name, where it is another one. */
  readonly kustomizeName: string
  /** Why it can not be followed; empty when all is well. */
  readonly problems: readonly Problem[]
}

/** All that an application says about its images. */
export interface ImagePolicies {
  readonly images: readonly ImagePolicy[]
  readonly writeBack: WriteBack
  /** What is wrong for all of them. */
  readonly problems: readonly Problem[]
}

type Annotations = Readonly<Record<string, string>>

/** Reads the annotations of the image updater, without their prefix. */
export function readPolicies(annotations: Annotations): ImagePolicies {
  const entries = (annotations['image-list'] ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const images = entries.map((entry) => readPolicy(entry, annotations))
  const { writeBack, problems } = readWriteBack(annotations)
  return { images: images.map((image) => withTwins(image, images)), writeBack, problems }
}

const entryPattern = /^(?:(?<alias>[A-Za-z0-9._/-]+)=)?(?<image>[^\s:@=]+(?::\d+\/[^\s:@=]+)?)(?::(?<constraint>.+))?$/

function readPolicy(entry: string, annotations: Annotations): ImagePolicy {
  const { alias: written, image = entry, constraint = '' } = entryPattern.exec(entry)?.groups ?? {}
  const alias = (written ?? image).replaceAll('/', '_')
  const own = (key: string) => trimmed(annotations[`${alias}.${key}`])
  const shared = (key: string) => own(key) ?? trimmed(annotations[key])
  const asked = shared('update-strategy') ?? 'semver'
  const strategy = strategyOf(asked)
  const name = canonicalImageName(image)
  const keyOf = (key: string) => (own(key) === undefined ? key : `${alias}.${key}`)
  const problems = [
    ...entryProblems(entry),
    ...(strategy
      ? constraintProblems(entry, strategy, constraint)
      : [strategyProblem(keyOf('update-strategy'), asked)]),
    ...patternProblems(keyOf('allow-tags'), shared('allow-tags')),
  ]
  return {
    ...{ alias, image, name, token: imageToken(name), constraint, problems },
    strategy: strategy ?? 'semver',
    allow: shared('allow-tags') ?? 'any',
    ignore: listOf(shared('ignore-tags')),
    platforms: listOf(own('platforms')),
    isForced: shared('force-update') === 'true',
    pullSecret: shared('pull-secret') ?? '',
    helm: helmOf(own),
    kustomizeName: own('kustomize.image-name') ?? '',
  }
}

/** With `image-spec` one parameter holds all; else name and tag each have one. */
function helmOf(own: (key: string) => string | undefined): ImagePolicy['helm'] {
  const spec = own('helm.image-spec') ?? ''
  const [name, tag] = [own('helm.image-name'), own('helm.image-tag')]
  if (spec !== '') return { spec, name: '', tag: '', isDefault: false }
  if (name === undefined && tag === undefined) return { spec, name: 'image.name', tag: 'image.tag', isDefault: true }
  return { spec, name: name ?? '', tag: tag ?? '', isDefault: false }
}

function entryProblems(entry: string): Problem[] {
  if (entryPattern.test(entry)) return []
  return [annotationProblem('image-list', entry, 'names no image: write [alias=]image[:constraint]')]
}

function strategyProblem(key: string, asked: string): Problem {
  return annotationProblem(key, asked, 'is no strategy: write semver, newest-build, digest or alphabetical')
}

function constraintProblems(entry: string, strategy: Strategy, constraint: string): Problem[] {
  if (strategy === 'digest' && constraint === '')
    return [
      annotationProblem(
        'image-list',
        entry,
        'names no tag to follow: write image:tag, as the strategy digest needs it',
      ),
    ]
  if (strategy !== 'semver' || constraint === '' || parseConstraint(constraint)) return []
  const nextStep = `has the constraint "${constraint}", which is none of versions: write one such as ~1.2, or choose another update-strategy`
  return [annotationProblem('image-list', entry, nextStep)]
}

function patternProblems(key: string, pattern: string | undefined): Problem[] {
  if (pattern === undefined || pattern === 'any' || /^regexp:/.test(pattern)) return []
  return [
    annotationProblem(key, pattern, 'is no pattern and lets no tag through: write any, or regexp: and an expression'),
  ]
}

/** Two entries under one alias would share their annotations: neither can be followed. */
function withTwins(image: ImagePolicy, all: readonly ImagePolicy[]): ImagePolicy {
  if (all.filter(({ alias }) => alias === image.alias).length < 2) return image
  const problem = annotationProblem('image-list', image.alias, 'stands for two images: give each an alias of its own')
  return { ...image, problems: [...image.problems, problem] }
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

function trimmed(text: string | undefined): string | undefined {
  const value = text?.trim()
  return value === '' ? undefined : value
}
