import type { Command } from 'commander'
import { offline } from '../context'
import { diffFiles } from './diff'
import { judgeFile } from './health'
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
}
