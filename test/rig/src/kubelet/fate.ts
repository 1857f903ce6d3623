/** What becomes of a container: the rig runs no images, it plays what a node would report. */
export type Fate = 'runs' | 'unpullable' | 'crashes' | 'unready' | 'fails'

const byTag: readonly (readonly [RegExp, Fate])[] = [
  [/^bad/, 'unpullable'],
  [/^crash/, 'crashes'],
  [/^unready/, 'unready'],
  [/^fail/, 'fails'],
]

/** The fate that the tag of an image names: `web:bad-1` cannot be pulled, `web:crash` crashes, `web:1.2` runs. */
export function fateByTag(image: string): Fate {
  const tag = image.split('@')[0]?.split('/').at(-1)?.split(':')[1] ?? ''
  return byTag.find(([pattern]) => pattern.test(tag))?.[1] ?? 'runs'
}
