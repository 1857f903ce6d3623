/** A tag as its registry, or the fact of its push, tells of it. */
export interface KnownTag {
  readonly name: string
  readonly digest?: string
  /** RFC 3339. */
  readonly created?: string
  /** Absent when nobody said. */
  readonly platforms?: readonly string[]
  /** It was pushed again with another digest. */
  readonly isMoved?: boolean
}
