/** What the finalizers of an Application ask for when it is deleted (A9). */
export interface Finalizers {
  /** The objects of the application go with it. */
  readonly cascade: string | undefined
  /** Hooks run before the objects go, and after. */
  readonly preDelete: string | undefined
  readonly postDelete: string | undefined
  /** Those of other controllers: theirs to take away. */
  readonly foreign: readonly string[]
}

const cascading = 'resources-finalizer.argocd.argoproj.io'
const preDeleting = 'pre-delete-finalizer.argocd.argoproj.io'
const postDeleting = 'post-delete-finalizer.argocd.argoproj.io'

/** Tells the finalizers of an Application apart; each may carry a word more, such as `/background` or `/cleanup`. */
export function readFinalizers(names: readonly string[]): Finalizers {
  const of = (kind: string): string | undefined => names.find((name) => isOf(name, kind))
  const own = [cascading, preDeleting, postDeleting]
  return {
    cascade: of(cascading),
    preDelete: of(preDeleting),
    postDelete: of(postDeleting),
    foreign: names.filter((name) => !own.some((kind) => isOf(name, kind))),
  }
}

function isOf(name: string, kind: string): boolean {
  return name === kind || name.startsWith(`${kind}/`)
}
