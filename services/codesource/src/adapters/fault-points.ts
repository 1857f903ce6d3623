/** What CodeSource does that follows from no contract, as fault points: repositories and registries, and its waits. */
export const faultPoints: readonly string[] = [
  'codesource/git/fetch/after',
  'codesource/git/objects/after',
  'codesource/git/push/before',
  'codesource/git/push/after',
  'codesource/registry/tag/after',
  'codesource/registry/tags/after',
  'codesource/wait/repositories/after',
  'codesource/wait/images/after',
  'codesource/removal/COMMITS/after',
]
