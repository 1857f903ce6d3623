const most = 1_000
// Some file systems take these for nothing, and so `.g<mark>it` for `.git`.
const invisible = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/** Why a path can not be written to; undefined when it can. Whoever checks the repository out must be safe, too. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'it is empty'
  if (path.length > most) return `it is longer than ${most} characters`
  if (/\p{Cc}/u.test(path)) return 'it holds control characters'
  if (path.includes('\\') || path.includes(':')) return 'it holds a backslash or a colon'
  if (path.startsWith('/')) return 'it must begin at the root of the repository, without a slash'
  const segments = path.split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'it holds an empty segment, "." or ".."'
  return segments.some(isGitFolder) ? 'it leads into a folder of git’s own' : undefined
}

/** `.git` in all the forms that some file system takes for it. */
function isGitFolder(segment: string): boolean {
  const plain = segment
    .replace(invisible, '')
    .toLowerCase()
    .replace(/[. ]+$/, '')
  return plain === '.git' || /^git~\d+$/.test(plain)
}
