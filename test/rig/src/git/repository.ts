import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { git } from './git-command'

/** Files of a commit by path: their content, or null to remove them. */
export type Changes = Readonly<Record<string, string | Buffer | null>>

/** Makes an empty bare repository `<root>/<name>.git` on branch main and returns its path. */
export async function gitRepo(root: string, name: string): Promise<string> {
  const path = join(root, `${name}.git`)
  mkdirSync(dirname(path), { recursive: true })
  await git(['init', '--quiet', '--bare', '--initial-branch=main', path])
  return path
}

/** Commits straight into a bare repository, without a working tree, and returns the new commit's id. */
export async function commitFiles(repo: string, files: Changes, message = 'change', branch = 'main'): Promise<string> {
  const parent = await headOf(repo, branch)
  const input = fastImport(files, message, `refs/heads/${branch}`, parent, Math.floor(Date.now() / 1000))
  return git(['-C', repo, 'fast-import', '--quiet', '--date-format=raw'], { input })
}

/** The commit at the head of a branch, or undefined where there is none. */
export async function headOf(repo: string, branch = 'main'): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`
  return (await git(['-C', repo, 'for-each-ref', '--format=%(objectname)', ref])) || undefined
}

/** The content of a file at the head of a branch. */
export function readFileAt(repo: string, path: string, branch = 'main'): Promise<string> {
  return git(['-C', repo, 'show', `refs/heads/${branch}:${path}`])
}

// The stream by which git fast-import makes one commit and prints its id.
function fastImport(files: Changes, message: string, ref: string, parent: string | undefined, seconds: number): Buffer {
  const parts: (string | Buffer)[] = [`commit ${ref}\nmark :1\ncommitter Rig <rig@k8or.dev> ${seconds} +0000\n`]
  parts.push(...data(Buffer.from(message)))
  if (parent) parts.push(`from ${parent}\n`)
  for (const [path, content] of Object.entries(files)) parts.push(...change(path, content))
  parts.push('\nget-mark :1\ndone\n')
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}

function change(path: string, content: string | Buffer | null): (string | Buffer)[] {
  const quoted = JSON.stringify(path)
  return content === null ? [`D ${quoted}\n`] : [`M 100644 inline ${quoted}\n`, ...data(Buffer.from(content))]
}

function data(content: Buffer): (string | Buffer)[] {
  return [`data ${content.length}\n`, content, '\n']
}
