import type { Command } from 'commander'
import { offline, online } from '../context'
import { diffReleaseFiles } from './diff-files'
import { diffReleases, listReleases } from './releases'

/** The commands about releases: the immutable renderings of applications. */
export function registerReleaseCommands(program: Command): void {
  const release = program.command('release').description('releases: what was rendered, and what changed between them')
  online(
    release
      .command('list')
      .argument('<application>')
      .description('the releases that are kept, the newest first')
      .option('--limit <number>', 'at most so many', '20'),
    listReleases,
  )
  online(
    release
      .command('diff')
      .argument('<application>')
      .argument('<from>', 'the number of a release; 0 is the newest')
      .argument('<to>')
      .description('what changed between two releases, images first; exit code 1 when something did'),
    diffReleases,
  )
  offline(
    program
      .command('diff-releases')
      .argument('<before>', 'YAML or JSON of all objects, such as `k8or render` prints; - is the standard input')
      .argument('<after>')
      .description('what changed from one set of objects to another, images first; exit code 1 when something did'),
    diffReleaseFiles,
  )
}
