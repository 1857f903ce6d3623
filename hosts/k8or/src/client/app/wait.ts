import { setTimeout as delay } from 'node:timers/promises'
import { Applications, type Application } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import { CommandError, exitCodes, type ExitCode } from '../errors'
import { formatDuration } from '../output/words'
import { applicationAnswer } from './get'
import { parseApplicationName } from './application-name'

/** What is waited for. */
export interface Goal {
  readonly health: boolean
  readonly sync: boolean
  /** An operation that was asked for at this time has ended. */
  readonly operationSince?: string
}

export interface WaitFlags {
  readonly health?: boolean
  readonly sync?: boolean
  readonly timeout: string
}

const firstPauseMs = 100
const longestPauseMs = 1000

/** `k8or app wait` */
export async function waitForApplication(context: Context, flags: WaitFlags, name: string): Promise<ExitCode> {
  const isAnyNamed = flags.health === true || flags.sync === true
  const goal = isAnyNamed ? { health: flags.health === true, sync: flags.sync === true } : { health: true, sync: true }
  return waitUntil(context, name, goal, parseTimeout(flags.timeout))
}

/** Looks until an application is as wanted, and shows how it stands meanwhile. Says no when the time is over. */
export async function waitUntil(context: Context, name: string, goal: Goal, timeoutMs: number): Promise<ExitCode> {
  const { mesh, terminal, answer } = context
  const begun = Date.now()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const response = await mesh.call(Applications.method.get, { name: parseApplicationName(name) })
    const missing = response.application === undefined ? ['there'] : missingOf(response.application, goal)
    const waited = Date.now() - begun
    if (missing.length === 0 || waited >= timeoutMs) {
      terminal.progress('')
      await answer(applicationAnswer(response))
      if (missing.length === 0) return outcomeOf(response.application, goal)
      terminal.complain(`k8or: after ${formatDuration(waited)} ${name} is not ${missing.join(' and not ')}`)
      terminal.complain(`  see \`k8or why ${name}\``)
      return exitCodes.no
    }
    terminal.progress(
      `${name}: ${describe(response.application)}; waiting to be ${missing.join(' and ')} (${formatDuration(waited)})`,
    )
    await delay(Math.min(pauseMs, timeoutMs - waited))
  }
}

/** What an application still lacks, in words. */
export function missingOf(application: Application, { health, sync, operationSince }: Goal): string[] {
  return [
    ...(operationSince !== undefined && !hasEnded(application, operationSince) ? ['done'] : []),
    ...(sync && application.syncStatus !== 'Synced' ? ['Synced'] : []),
    ...(health && application.healthStatus !== 'Healthy' ? ['Healthy'] : []),
  ]
}

/** Reads `90`, `90s`, `5m` or `1h`; a plain number is seconds. */
export function parseTimeout(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  if (parts === null) throw new CommandError(`"${text}" is no time`, 'write 90, 90s, 5m or 1h')
  return Number(parts[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(parts[2] ?? 's') as 's']
}

function hasEnded({ operationFinishedAt, phase }: Application, since: string): boolean {
  const isOver = phase !== 'Running' && phase !== 'Terminating'
  // Argo CD writes whole seconds: an operation that ended in the second of the request is the one that was asked for.
  return (
    isOver &&
    operationFinishedAt !== '' &&
    Date.parse(operationFinishedAt) >= Math.floor(Date.parse(since) / 1000) * 1000
  )
}

function outcomeOf(application: Application | undefined, { operationSince }: Goal): ExitCode {
  const hasFailed = operationSince !== undefined && application?.phase !== 'Succeeded'
  return hasFailed ? exitCodes.no : exitCodes.fine
}

function describe(application: Application | undefined): string {
  if (application === undefined) return 'not there'
  return [application.syncStatus, application.healthStatus, application.phase === 'Running' ? 'syncing' : '']
    .filter(Boolean)
    .join(', ')
}
