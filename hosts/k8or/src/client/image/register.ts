import type { Command } from 'commander'
import { offline, online } from '../context'
import { editFile, selectTag } from './offline'
import { listPolicies } from './policies'

const collect = (value: string, before: readonly string[]) => [...before, value]

/** The commands about images: select and edit need no mesh. */
export function registerImageCommands(program: Command): void {
  const image = program.command('image').description('images, and which of their tags are wanted')
  offline(
    image
      .command('select')
      .description('select a tag as an image policy would; exit code 1 when none is admitted')
      .requiredOption('--tags <file>', 'a JSON list of names, or of {name, created, digest, platforms}')
      .option('--strategy <strategy>', 'semver, newest-build, digest or alphabetical', 'semver')
      .option('--constraint <constraint>', 'which versions, such as ~1.2; for digest the tag to follow', '')
      .option('--allow <pattern>', 'only tags that match: any, or a regular expression', 'any')
      .option('--ignore <glob>', 'no tags that match; may be given for each', collect, [])
      .option('--platform <platform>', 'only images for it, such as linux/arm64; may be given for each', collect, []),
    selectTag,
  )
  offline(
    image
      .command('edit')
      .description('print a file with another version of an image; exit code 1 when it does not name the image')
      .requiredOption('-f, --file <file>', 'a manifest, a kustomization, or with --key a file of values')
      .requiredOption('--image <name>', 'the image, without tag')
      .requiredOption('--to <version>', 'a tag, sha256:…, or another name with its tag')
      .option('--key <path>', 'where values hold it, such as web.image.tag'),
    editFile,
  )
  online(
    image
      .command('policies')
      .argument('<application>')
      .description('the image policies of an application: what runs, what was pushed last, what was decided'),
    listPolicies,
  )
}
