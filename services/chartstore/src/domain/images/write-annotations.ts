import type { Problem } from '@k8or/contracts'
import { annotationProblem } from './annotation-problem'

/** Where the files of an application name its images. */
export type WriteTarget =
  /** What the source is decides: manifests themselves, else the file of parameters that Argo CD reads. */
  | { readonly kind: 'default' }
  | { readonly kind: 'kustomization'; readonly path: string }
  | { readonly kind: 'helmvalues'; readonly path: string }

/** How an application wants its images to be written. */
export interface WriteBack {
  readonly target: WriteTarget
  /** The branch to write to; empty is the one that the application follows. */
  readonly branch: string
}

type Annotations = Readonly<Record<string, string>>

const unsupported = 'ImagePolicyNotSupported'

/** Reads how images are to be written. What is not supported yet is said, never passed over. */
export function readWriteBack(annotations: Annotations): { writeBack: WriteBack; problems: Problem[] } {
  const [target, targetProblems] = readTarget(annotations['write-back-target']?.trim() ?? '')
  const [branch, branchProblems] = readBranch(annotations['git-branch']?.trim() ?? '')
  const repository = annotations['git-repository']?.trim() ?? ''
  const problems = [
    ...methodProblems(annotations['write-back-method']?.trim() ?? ''),
    ...targetProblems,
    ...branchProblems,
    ...(repository === ''
      ? []
      : [
          annotationProblem(
            'git-repository',
            repository,
            'is not supported: remove it; the repository of the source is written to',
            unsupported,
          ),
        ]),
  ]
  return { writeBack: { target, branch }, problems }
}

function methodProblems(method: string): Problem[] {
  const [name] = method.split(':')
  if (method === '' || name === 'git') return []
  const nextStep =
    name === 'argocd'
      ? 'changes live parameters, which no commit tells of, and is not supported: write git'
      : 'is no method: write git'
  return [annotationProblem('write-back-method', method, nextStep, name === 'argocd' ? unsupported : undefined)]
}

function readTarget(text: string): [WriteTarget, Problem[]] {
  const [kind = '', ...rest] = text.split(':')
  const path = rest.join(':')
  if (text === '') return [{ kind: 'default' }, []]
  if (kind === 'kustomization') return [{ kind, path }, []]
  if (kind === 'helmvalues' && path !== '') return [{ kind, path }, []]
  const nextStep = 'is no target: write kustomization, kustomization:path or helmvalues:path'
  return [{ kind: 'default' }, [annotationProblem('write-back-target', text, nextStep)]]
}

/** `base`, or `base:branch to write`; the latter may be a template. */
function readBranch(text: string): [string, Problem[]] {
  const [base = '', ...written] = text.split(':')
  if (written.length === 0 || written.join(':') === base) return [base, []]
  const nextStep = `writes to a branch of its own, which is not supported yet: write ${base || 'the branch that the application follows'} alone`
  return [base, [annotationProblem('git-branch', text, nextStep, unsupported)]]
}
