import type { Command } from 'commander'
import { online } from '../context'
import { listClusters } from './clusters'
import { listDeadLetters, replayDeadLetter } from './dead-letters'
import { showLeadTimes } from './lead-times'
import { showTrace } from './trace'
import { explain } from './why'

/** The commands that tell what happened. */
export function registerInsightCommands(program: Command): void {
  online(
    program
      .command('trace')
      .argument('[application]')
      .description('the hops of a deployment with their times; the newest one of an application, or a named one')
      .option('--commit <sha>', 'the deployment of this commit; its beginning is enough')
      .option('--sync <id>', 'the deployment of this sync')
      .option('--image <name:tag>', 'everything that the push of this image led to'),
    showTrace,
  )
  online(
    program
      .command('lead-times')
      .argument('[application]')
      .description('how long the hops of deployments take, by application and cluster')
      .option('-p, --project <name>', 'of the applications of this project')
      .option('--since <time>', 'of what was released since, such as 30m or 24h; the newest 100 releases otherwise'),
    showLeadTimes,
  )
  online(
    program
      .command('why')
      .argument('<application>')
      .description('the last decisions about an application, and their reasons'),
    explain,
  )
  const letters = program.command('dead-letters').description('facts that a service could not handle')
  online(
    letters.command('list').description('the newest first').option('--limit <number>', 'how many', '50'),
    listDeadLetters,
  )
  online(letters.command('replay').argument('<id>').description('hand one to its service once more'), replayDeadLetter)
  const cluster = program.command('cluster').description('the clusters of the mesh')
  online(cluster.command('list').description('all clusters, and whether they answer'), listClusters)
}
