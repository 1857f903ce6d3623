import type { Command } from 'commander'
import { registerAppCommands } from './app/register'
import { registerInsightCommands } from './insight/register'
import { registerOfflineCommands } from './offline/register'

/** Adds what people ask the mesh, and what works without one, to the `k8or` command. */
export function registerClientCommands(program: Command): void {
  registerAppCommands(program)
  registerInsightCommands(program)
  registerOfflineCommands(program)
}
