import { canonicalImageName, parseImageReference } from '@k8or/contracts'
import { editOverrides, editParameters, findInOverrides, findInParameters } from '../edit/argocd-source'
import type { Edited, Named, TextFile, WantedVersion } from '../edit/edited'
import { editKustomization, findInKustomization } from '../edit/kustomization'
import { editManifests, findInManifests } from '../edit/manifests'
import { editValues, findInValues, type ValueKeys } from '../edit/values'
import type { ImagePolicy } from '../policy'
import type { Place } from './place'

/** Where one file names the image of a policy. */
export function findIn(place: Place, file: TextFile, policy: ImagePolicy, running: string | undefined): Named[] {
  switch (place.kind) {
    case 'manifests':
      return findInManifests(file, policy.name)
    case 'kustomization':
      return findInKustomization(file, kustomized(policy, running))
    case 'overrides':
      return findInOverrides(file, kustomized(policy, running))
    case 'values':
      return findInValues(file, valueKeys(policy), policy.image)
    case 'parameters':
      return findInParameters(file, policy.helm, policy.image)
  }
}

/** Writes another version of the image of a policy into one file. */
export function editIn(
  place: Place,
  file: TextFile,
  policy: ImagePolicy,
  { running, version }: { readonly running: string | undefined; readonly version: WantedVersion },
): Edited {
  switch (place.kind) {
    case 'manifests':
      return editManifests(file, policy.name, version)
    case 'kustomization':
      return editKustomization(file, kustomized(policy, running), version)
    case 'overrides':
      return editOverrides(file, kustomized(policy, running), version)
    case 'values':
      return editValues(file, valueKeys(policy), policy.image, version)
    case 'parameters':
      return editParameters(file, policy.helm, policy.image, version)
  }
}

/** Kustomize compares names as they are written: what runs tells how the bases write it. */
function kustomized({ name, image, kustomizeName }: ImagePolicy, running: string | undefined) {
  if (kustomizeName !== '') return { name, image, original: kustomizeName }
  const written = running === undefined ? undefined : parseImageReference(running)?.name
  const original = written !== undefined && canonicalImageName(written) === name ? written : image
  return { name, image: original, original }
}

/** Charts call the name in many ways: unless an annotation says how, only the tag is written into values. */
function valueKeys({ helm }: ImagePolicy): ValueKeys {
  return helm.isDefault ? { ...helm, name: '' } : helm
}
