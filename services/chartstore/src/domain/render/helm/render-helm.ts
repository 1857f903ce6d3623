import type { Problem } from '@k8or/contracts'
import { canonicalJson } from '@k8or/kube-objects'
import { Later } from '@k8or/outcome'
import { factsOf, type Capabilities } from '../capabilities'
import { checkedObjects, problemOf } from '../answered-objects'
import { CommitFiles } from '../commit-files'
import type { HelmOptions, RenderAnswer } from '../render-host'
import { renderFound } from '../render-found'
import type { RenderJob } from '../render-job'
import type { Rendered, WantedFiles } from '../rendering'
import { joined } from '../repository-path'
import { readHelmBlock, type HelmBlock } from './helm-block'
import { isLeftOut } from './hooks'
import { parametersOf } from './parameters'
import { ValueFiles } from './value-files'

/** A chart is all that lies below its folder. */
export function wantedOfHelm(): WantedFiles {
  return { recurse: true, suffixes: [] }
}

/** Renders a chart of git as `helm template` does. */
export async function renderHelm(job: RenderJob): Promise<Rendered> {
  const block = readHelmBlock(job.source)
  const located = job.located[job.index]
  if ('problem' in block || !located) return failed('problem' in block ? [block.problem as Problem] : [])
  const commit = new CommitFiles(job.trees, located, job.index)
  const given = await readGiven(job, block, commit)
  if (given.problems.length > 0) return { ...failed(given.problems), reads: given.reads }
  const told = await capabilitiesFor(job, block)
  const { path } = located.resolved
  const helm = { ...optionsOf(job, block), ...given.options, ...told.capabilities }
  const own = job.files.map((file) => ({ ...file, path: joined(path, file.path) }))
  const { answer, reads } = await renderFound(job.renderer, commit, { op: 'helm', path, helm }, own)
  const consulted = consultedOf(job, told, answer)
  const { objects, problems } = answer.problem
    ? failed([problemOf(answer.problem, `the chart in ${path || 'the root'}`)])
    : checkedObjects(answer)
  return {
    objects: objects.filter((object) => !isLeftOut(object)),
    problems,
    warnings: undetermined(answer.nonDet, path),
    reads: [...reads, ...given.reads],
    consulted: { ...consulted, ...job.environment.consulted() },
  }
}

function optionsOf({ target, environment }: RenderJob, block: HelmBlock) {
  return {
    // The name of the Application alone: a namespace in front of it, as instances have it, is no name of a release.
    name: block.releaseName || target.instance.slice(target.instance.indexOf('_') + 1),
    namespace: block.namespace || target.namespace,
    ...parametersOf(block, environment),
    includeCRDs: !block.skipCrds,
    skipSchema: block.skipSchemaValidation,
  }
}

/** The files that the declaration names, and the values that it holds. */
async function readGiven(job: RenderJob, block: HelmBlock, commit: CommitFiles) {
  const valueFiles = new ValueFiles(job, commit, 'spec.source.helm.valueFiles', block.ignoreMissingValueFiles)
  const parameterFiles = new ValueFiles(job, commit, 'spec.source.helm.fileParameters', false)
  const [values, ...parameters] = await Promise.all([
    valueFiles.all(block.valueFiles),
    ...block.fileParameters.map(async ({ name, path }) => {
      const [file] = await parameterFiles.find(path)
      return { name, text: file?.text ?? '' }
    }),
  ])
  const options: Pick<HelmOptions, 'values' | 'setFile'> = {
    values: [...values, ...ownValues(block)],
    setFile: parameters,
  }
  const problems = [...valueFiles.problems, ...parameterFiles.problems]
  return { options, problems, reads: [...valueFiles.reads, ...parameterFiles.reads] }
}

/** `valuesObject` replaces `values`. */
function ownValues({ values, valuesObject }: HelmBlock): { name: string; text: string }[] {
  if (valuesObject) return [{ name: 'spec.source.helm.valuesObject', text: canonicalJson(valuesObject) }]
  return values === '' ? [] : [{ name: 'spec.source.helm.values', text: values }]
}

interface Told {
  readonly capabilities: Capabilities
  /** What of it the declaration leaves to the cluster. */
  readonly open: readonly (keyof Capabilities)[]
  /** False while nobody knows what the cluster can do. */
  readonly isKnown: boolean
}

async function capabilitiesFor({ target }: RenderJob, { kubeVersion, apiVersions }: HelmBlock): Promise<Told> {
  const open: (keyof Capabilities)[] = []
  if (kubeVersion === '') open.push('kubeVersion')
  if (apiVersions.length === 0) open.push('apiVersions')
  const found = open.length > 0 ? await target.capabilities() : undefined
  const capabilities = {
    kubeVersion: kubeVersion || (found?.kubeVersion ?? ''),
    apiVersions: apiVersions.length > 0 ? apiVersions : (found?.apiVersions ?? []),
  }
  return { capabilities, open, isKnown: found !== undefined }
}

/**
 * What a chart does not look at makes no difference to it.
 * @throws Later where it looks at what nobody knows
 */
function consultedOf({ target }: RenderJob, { capabilities, open, isKnown }: Told, { consults }: RenderAnswer) {
  const names = open.filter((name) => consults.includes(name))
  if (names.length > 0 && !isKnown)
    throw new Later(`the chart asks what cluster ${target.cluster} can do, which does not say so yet`, 3_000)
  const facts = factsOf(capabilities)
  return Object.fromEntries(names.map((name) => [name, facts[name]]))
}

function undetermined(functions: readonly string[], path: string): Problem[] {
  const names = functions.filter((name) => name !== 'lookup')
  const warnings: Problem[] = []
  if (names.length > 0)
    warnings.push({
      reason: 'NonDeterministic',
      message: `the chart in ${path || 'the root'} uses ${names.join(', ')}: each rendering differs; keep such values in a Secret of the cluster or in values`,
    })
  if (functions.includes('lookup'))
    warnings.push({
      reason: 'LookupEmpty',
      message: `the chart in ${path || 'the root'} uses lookup, which finds nothing when a chart is rendered from git; give what it looks for as a value`,
    })
  return warnings
}

function failed(problems: readonly Problem[]): Rendered {
  return { objects: [], problems }
}
