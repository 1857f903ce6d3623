import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@k8or/rig'

const notCopied = new Set(['.git', '.nx', '.cache', '.run', 'node_modules', 'coverage'])

/** Makes a second checkout beside this one, as it is now, ready to run: what takes minutes to build is shared. */
export function copyCheckout(to: string, notBuilt: readonly string[] = []): void {
  mkdirSync(join(to, '.cache/bin'), { recursive: true })
  const copied = readdirSync(repositoryRoot).filter((name) => !notCopied.has(name))
  // Times are kept to the last digit: by them the setup sees that the bundle is that of these sources.
  execFileSync('cp', ['-a', ...copied, '.cache/bundle.stamp', to], { cwd: repositoryRoot })
  execFileSync('mv', [join(to, 'bundle.stamp'), join(to, '.cache')])
  const built = readdirSync(join(repositoryRoot, '.cache/bin')).filter((name) => !notBuilt.includes(name))
  const shared = ['node_modules', ...built.map((name) => join('.cache/bin', name))]
  for (const path of shared) symlinkSync(join(repositoryRoot, path), join(to, path))
}
