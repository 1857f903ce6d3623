import type { Command } from 'commander'
import { online } from '../context'
import { diffApplication } from './diff'
import { getApplication } from './get'
import { showHistory } from './history'
import { resumeApplication, suspendApplication } from './hold'
import { listApplications } from './list'
import { refreshApplication } from './refresh'
import { rollBack } from './rollback'
import { syncApplication } from './sync'
import { terminateOperation } from './terminate'
import { showTree } from './tree'
import { waitForApplication } from './wait'

const name = '<application>'
const timeout = ['--timeout <time>', 'give up after this long, such as 90s or 5m', '5m'] as const

/** The commands about applications. */
export function registerAppCommands(program: Command): void {
  const app = program.command('app').description('applications: what they are, what would change, sync and wait')
  online(
    app
      .command('list')
      .description('all applications with their sync and health')
      .option('-p, --project <project>', 'only of this project'),
    listApplications,
  )
  online(
    app.command('get').argument(name).description('one application with its conditions and objects'),
    getApplication,
  )
  online(app.command('tree').argument(name).description('its objects and what they made, down to pods'), showTree)
  online(
    app
      .command('diff')
      .argument(name)
      .description('what a sync would change; exit code 1 when there is something')
      .option('--prune', 'as a sync that deletes what left the sources'),
    diffApplication,
  )
  online(app.command('history').argument(name).description('its syncs that succeeded, the newest first'), showHistory)
  online(
    app
      .command('wait')
      .argument(name)
      .description(
        'until it is Synced and Healthy, or only what is named; exit code 1 when the time is over, and at once when ' +
          'its sync has failed or only objects that require pruning are left',
      )
      .option('--health', 'until it is Healthy')
      .option('--sync', 'until it is Synced')
      .option(...timeout),
    waitForApplication,
  )
  online(
    app
      .command('sync')
      .argument(name)
      .description('apply what its sources say; with --wait or --dry-run exit code 1 when that fails')
      .option('--prune', 'delete what left the sources')
      .option('--dry-run', 'change nothing, say what would happen to each object')
      .option('--revision <revision>', 'sync this revision instead')
      .option(
        '--resource <object>',
        'only GROUP:KIND:[NAMESPACE/]NAME, or all but it with ! in front; repeatable',
        gather,
      )
      .option('--apply-out-of-sync-only', 'wait between waves only for what this sync applies')
      .option('--wait', 'until the sync is done, and the application Synced and Healthy')
      .option(...timeout),
    syncApplication,
  )
  registerHoldCommands(app)
}

/** What looks again, ends a sync, goes back, or keeps an application as it is. */
function registerHoldCommands(app: Command): void {
  online(
    app
      .command('refresh')
      .argument(name)
      .description('look at its sources now; exit code 1 when they can not be rendered')
      .option('--hard', 'render again though nothing has changed'),
    refreshApplication,
  )
  online(
    app
      .command('terminate')
      .argument(name)
      .description('end the sync that runs or waits, for its waves or for its next try'),
    terminateOperation,
  )
  online(
    app
      .command('rollback')
      .argument(name)
      .argument('[id]', 'of an entry of its history; without it and --release the last good release')
      .description('go back to an earlier release, under automation too, and hold it there until it is resumed')
      .option('--release <number>', 'go back to this release')
      .option('--reason <text>', 'why; told to everybody whom it concerns')
      .option('--prune', 'delete what the earlier release does not have')
      .option('--git', 'revert the files of its sources in git as well; the hold ends when that is rendered')
      .option('--dry-run', 'change nothing, show what it would change')
      .option('--wait', 'until the earlier release is applied and Healthy')
      .option(...timeout),
    rollBack,
  )
  online(
    app
      .command('suspend')
      .argument(name)
      .description('nothing is applied, healed or pruned, not even when asked for, until it is resumed')
      .requiredOption('--reason <text>', 'why; told to everybody whom it concerns'),
    suspendApplication,
  )
  online(app.command('resume').argument(name).description('lift a hold or a suspension'), resumeApplication)
}

/** The values of an option that may come several times. */
function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
