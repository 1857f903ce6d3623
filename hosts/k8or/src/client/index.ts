import { CommanderError, type Command } from 'commander'
import { registerAppCommands } from './app/register'
import { exitCodes, type ExitCode } from './errors'
import { registerImageCommands } from './image/register'
import { registerInsightCommands } from './insight/register'
import { registerOfflineCommands } from './offline/register'
import { registerReleaseCommands } from './release/register'
import { registerStopCommands } from './stops/register'

/** Adds what people ask the mesh, and what works without one, to the `k8or` command. */
export function registerClientCommands(program: Command): void {
  program.exitOverride()
  registerAppCommands(program)
  registerInsightCommands(program)
  registerStopCommands(program)
  registerReleaseCommands(program)
  registerOfflineCommands(program)
  registerImageCommands(program)
}

/** What the command ends with when parsing its line threw: help and version are answers, anything else is wrong usage. */
export function endParsing(error: unknown): ExitCode {
  const isTold = error instanceof CommanderError
  if (!isTold) process.stderr.write(`k8or: ${error instanceof Error ? error.message : String(error)}\n`)
  return isTold && error.exitCode === 0 ? exitCodes.fine : exitCodes.cannotTell
}
