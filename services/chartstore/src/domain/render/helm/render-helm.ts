import type { Problem } from '@k8or/contracts'
import { canonicalJson } from '../../release/canonical-json'
import { checkedObjects, problemOf } from '../answered-objects'
import { CommitFiles } from '../commit-files'
import type { HelmOptions } from '../render-host'
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
  const { kubeVersion, consulted } = await kubeVersionOf(job, block)
  const { path } = located.resolved
  const helm = { ...optionsOf(job, block), ...given.options, kubeVersion }
  const own = job.files.map((file) => ({ ...file, path: joined(path, file.path) }))
  const { answer, reads } = await renderFound(job.renderer, commit, { op: 'helm', path, helm }, own)
  const { objects, problems } = answer.problem ? failed([problemOf(answer.problem)]) : checkedObjects(answer)
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
    name: block.releaseName || target.instance,
    namespace: block.namespace || target.namespace,
    apiVersions: block.apiVersions,
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

async function kubeVersionOf({ target }: RenderJob, { kubeVersion }: HelmBlock) {
  if (kubeVersion !== '') return { kubeVersion, consulted: {} }
  const version = await target.kubeVersion()
  return { kubeVersion: version, consulted: { kubeVersion: version } }
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
