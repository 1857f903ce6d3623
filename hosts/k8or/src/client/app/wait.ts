import { setTimeout as delay } from 'node:timers/promises'
import { Applications, type GetResponse } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import { CommandError, exitCodes, type ExitCode } from '../errors'
import { formatDuration } from '../output/words'
import { applicationAnswer } from './get'
import { parseApplicationName } from './application-name'
import { deadEndOf, missingOf, type DeadEnd, type Goal } from './hope'
import { describeProgress } from './progress'

export interface WaitFlags {
  readonly health?: boolean
  readonly sync?: boolean
  readonly timeout: string
}

/** How a wait ended. */
export interface Waited {
  readonly response: GetResponse
  /** What an application lacked at the end, in words; nothing when all is as wanted. */
  readonly missing: readonly string[]
  /** Why it was no use to wait on. */
  readonly deadEnd: DeadEnd | undefined
  readonly ms: number
}

const firstPauseMs = 100
const longestPauseMs = 1000

/** `k8or app wait` */
export async function waitForApplication(context: Context, flags: WaitFlags, name: string): Promise<ExitCode> {
  const isAnyNamed = flags.health === true || flags.sync === true
  const goal = isAnyNamed ? { health: flags.health === true, sync: flags.sync === true } : { health: true, sync: true }
  return waitUntil(context, name, goal, parseTimeout(flags.timeout))
}

/** Waits until an application is as wanted and shows it. Says no when the time is over or it will not come to that. */
export async function waitUntil(context: Context, name: string, goal: Goal, timeoutMs: number): Promise<ExitCode> {
  const waited = await watchUntil(context, name, goal, timeoutMs)
  await context.answer(applicationAnswer(waited.response))
  return complain(context, name, waited)
}

/** Looks until an application is as wanted, will not be, or the time is over; shows how it stands meanwhile. */
export async function watchUntil(
  { mesh, terminal }: Context,
  name: string,
  goal: Goal,
  timeoutMs: number,
): Promise<Waited> {
  const begun = Date.now()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const response = await mesh.call(Applications.method.get, { name: parseApplicationName(name) })
    const deadEnd = deadEndOf(response, goal)
    const missing = response.application === undefined ? ['there'] : missingOf(response.application, goal)
    const ms = Date.now() - begun
    if (missing.length === 0 || deadEnd !== undefined || ms >= timeoutMs) {
      terminal.progress('')
      return { response, missing, deadEnd, ms }
    }
    terminal.progress(`${name}: ${describe(response)}; waiting to be ${missing.join(' and ')} (${formatDuration(ms)})`)
    await delay(Math.min(pauseMs, timeoutMs - ms))
  }
}

/** Says what is not as wanted, and answers the exit code for it. */
export function complain({ terminal }: Context, name: string, { missing, deadEnd, ms }: Waited): ExitCode {
  if (deadEnd === undefined && missing.length === 0) return exitCodes.fine
  terminal.complain(
    `k8or: ${deadEnd?.message ?? `after ${formatDuration(ms)} ${name} is not ${missing.join(' and not ')}`}`,
  )
  terminal.complain(`  ${deadEnd?.nextStep ?? `see \`k8or why ${name}\``}`)
  return exitCodes.no
}

/** Reads `90`, `90s`, `5m` or `1h`; a plain number is seconds. */
export function parseTimeout(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  if (parts === null) throw new CommandError(`"${text}" is no time`, 'write 90, 90s, 5m or 1h')
  return Number(parts[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(parts[2] ?? 's') as 's']
}

function describe(response: GetResponse): string {
  const { application } = response
  if (application === undefined) return 'not there'
  const words = [application.syncStatus, application.healthStatus, describeProgress(response)]
  return words.filter(Boolean).join(', ')
}
