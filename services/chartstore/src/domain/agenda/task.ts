/** What there is to look at. */
export type Task =
  | { readonly kind: 'application'; readonly uid: string }
  /** A revision was observed, or can not be resolved. */
  | { readonly kind: 'revision'; readonly key: string }
  /** The name of a revision's commit is to be passed on to applications that it did not touch. */
  | { readonly kind: 'advance'; readonly key: string }
  /** What is stored is to be looked through. */
  | { readonly kind: 'retention' }

/** A task as the key of a job. */
export function keyOf(task: Task): string {
  switch (task.kind) {
    case 'application':
      return `application/${task.uid}`
    case 'revision':
    case 'advance':
      return `${task.kind}/${task.key}`
    case 'retention':
      return 'retention/'
  }
}

/** The task of a key; undefined for a key of another version of this service. */
export function readTask(key: string): Task | undefined {
  const slash = key.indexOf('/')
  const [kind, name] = [key.slice(0, slash), key.slice(slash + 1)]
  if (kind === 'application') return { kind, uid: name }
  if (kind === 'revision' || kind === 'advance') return { kind, key: name }
  return kind === 'retention' ? { kind } : undefined
}
