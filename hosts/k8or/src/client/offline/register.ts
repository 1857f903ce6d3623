import type { Command } from 'commander'
import { offline } from '../context'
import { diffFiles } from './diff'
import { judgeFile } from './health'
import { judgePolicy } from './policy'
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
  offline(
    program
      .command('policy')
      .description('whether an AppProject permits an Application and its objects, from files; exit code 1 when not')
      .requiredOption('-f, --file <file>', 'YAML of the Application')
      .requiredOption('--project <file>', 'YAML of the AppProject')
      .option('--objects <file>', 'what it renders to: YAML, or the answer of `k8or render -o json`')
      .option('--cluster <name=server>', 'the cluster of its destination, where the project knows it by the other word')
      .option('--control-namespace <namespace>', 'where the mesh has its Applications', 'argocd')
      .option('--cluster-scoped <group/kind>', 'a kind of your own without namespaces; may be repeated', collect, []),
    judgePolicy,
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
