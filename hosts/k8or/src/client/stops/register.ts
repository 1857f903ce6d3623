import type { Command } from 'commander'
import { online } from '../context'
import { liftStop, listStops, raiseStop } from './stops'

/** The commands by which people stop the mesh in an emergency, and let it go on. */
export function registerStopCommands(program: Command): void {
  const stop = program
    .command('emergency-stop')
    .description('hold back everything that the mesh would change for applications')
  const scoped = (command: Command): Command =>
    command
      .option('--cluster <name>', 'one cluster alone; without it the whole mesh')
      .requiredOption('--reason <text>', 'why; told to everybody whom it concerns')
  online(scoped(stop.command('raise').description('stop: nothing is applied, healed or deleted any more')), raiseStop)
  online(scoped(stop.command('lift').description('go on: what waited is done at once')), liftStop)
  online(stop.command('list').description('the stops that stand'), listStops)
}
