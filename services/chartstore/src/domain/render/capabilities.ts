import { sha256 } from '@k8or/contracts'

/** What charts are told of a cluster. */
export interface Capabilities {
  readonly kubeVersion: string
  /** `<group>/<version>` and `<group>/<version>/<Kind>`. */
  readonly apiVersions: readonly string[]
}

/** Capabilities as a release keeps them in mind, short. */
export function factsOf({ kubeVersion, apiVersions }: Capabilities): Record<keyof Capabilities, string> {
  return { kubeVersion, apiVersions: sha256(apiVersions.join('\n')) }
}
