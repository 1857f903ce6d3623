import type { Problem } from '@k8or/contracts'

const prefix = 'argocd-image-updater.argoproj.io/'

/** What is wrong with the value of an annotation, and what to write instead. */
export function annotationProblem(
  key: string,
  value: string,
  nextStep: string,
  reason = 'InvalidImagePolicy',
): Problem {
  const field = `${prefix}${key}`
  return { reason, field, message: `annotation ${field}: "${value}" ${nextStep}` }
}
