import type { Command } from 'commander'
import { offline } from '../context'
import { diffFiles } from './diff'
import { judgeFile } from './health'
import { editFile, selectTag } from './image'
import { renderFile } from './render'
import { parseWebhook } from './webhook'

const collect = (value: string, before: readonly string[]) => [...before, value]

/** The commands that need no mesh: its very own engines on files. */
export function registerOfflineCommands(program: Command): void {
  offline(
    program
      .command('health')
      .description('judge objects as the mesh would, from a file')
      .requiredOption('-f, --file <file>', 'YAML or JSON of live objects; - is the standard input'),
    judgeFile,
  )
  offline(
    program
      .command('render')
      .description('render an Application as the mesh would, from folders instead of repositories')
      .requiredOption('-f, --file <file>', 'YAML of the Application')
      .option('--source <url=dir>', 'the folder that stands for a repository; may be given for each', collect, [])
      .option('--kube-version <version>', 'the version of Kubernetes that charts are rendered for'),
    renderFile,
  )
  offline(
    program
      .command('diff')
      .description('compare a live object with a desired one, both from files; exit code 1 when they differ')
      .requiredOption('--live <file>', 'YAML or JSON of the object as it is')
      .requiredOption('--desired <file>', 'YAML or JSON of the object as it should be'),
    diffFiles,
  )
  const webhook = program.command('webhook').description('webhooks of git hosts, registries and pipelines')
  offline(
    webhook
      .command('parse')
      .argument('<body>', 'the body as it was sent; - is the standard input')
      .description('read a webhook as the mesh would; exit code 1 when it is not genuine')
      .requiredOption('--headers <file>', 'its headers: JSON, or lines of `Name: value`')
      .option('--secret <secret>', 'verify it by this secret'),
    parseWebhook,
  )
  registerImageCommands(program)
}

function registerImageCommands(program: Command): void {
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
}
