import type { ResolvedSource } from '@k8or/contracts'
import type { RenderTarget } from './rendering'

/** The variables that declarations may use, such as `$ARGOCD_APP_NAME`; remembers whether one tells of the commit. */
export class BuildEnvironment {
  readonly #values: ReadonlyMap<string, string>
  #usesRevision = false

  constructor(
    { instance, namespace, project }: RenderTarget,
    private readonly source: ResolvedSource,
  ) {
    const { revision, repoURL, path, targetRevision } = source
    const values: Record<string, string> = {
      NAME: instance,
      NAMESPACE: namespace,
      PROJECT_NAME: project,
      REVISION: revision,
      REVISION_SHORT: revision.slice(0, 7),
      REVISION_SHORT_8: revision.slice(0, 8),
      SOURCE_REPO_URL: repoURL,
      SOURCE_PATH: path,
      SOURCE_TARGET_REVISION: targetRevision,
    }
    this.#values = new Map(Object.entries(values).map(([name, value]) => [`ARGOCD_APP_${name}`, value]))
  }

  /** Replaces `$NAME` and `${NAME}`; `$$` is a dollar, and what is not known is empty. */
  substitute(text: string): string {
    return text.replace(/\$(?:\$|\{([^}]*)\}|(\w+))/g, (found, braced?: string, bare?: string) =>
      found === '$$' ? '$' : this.#value(braced ?? bare ?? ''),
    )
  }

  /** What the texts so far depended on. */
  consulted(): Record<string, string> {
    return this.#usesRevision ? { revision: this.source.revision } : {}
  }

  #value(name: string): string {
    if (name.startsWith('ARGOCD_APP_REVISION')) this.#usesRevision = true
    return this.#values.get(name) ?? ''
  }
}
