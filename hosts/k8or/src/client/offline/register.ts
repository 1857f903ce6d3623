import type { Command } from 'commander'
import { offline } from '../context'
import { judgeFile } from './health'
import { renderFile } from './render'

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
      .option('--source <url=dir>', 'the folder that stands for a repository; may be given for each', collect, []),
    renderFile,
  )
}
