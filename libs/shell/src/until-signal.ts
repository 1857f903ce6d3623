import { setTimeout as wait } from 'node:timers/promises'
import { describeError } from '@k8or/outcome'
import type { Logger } from '@k8or/telemetry'
import { ZodError } from 'zod'
import { describeSettings } from './settings'

/** What a process is given to open itself with. */
export interface Opening {
  /** How to close what was opened; the last is closed first. */
  readonly closing: (() => Promise<void>)[]
  /** Aborted when the process is to stop, also before it is up. */
  readonly signal: AbortSignal
  /** Closes what was opened and fails, so that whoever looks after the process starts it anew. */
  readonly endBecause: (reason: string) => void
}

const signals = ['SIGTERM', 'SIGINT'] as const
const graceMs = 5_000
/** Longer than any part waits for what runs: jobs get ten seconds. */
const closeMs = 15_000

/**
 * Opens, waits for SIGTERM or SIGINT, and closes in reverse. What can not be opened ends the process too. A second signal kills
 * it at once.
 */
export async function untilSignal(log: Logger, open: (opening: Opening) => Promise<void>): Promise<void> {
  const stopping = new AbortController()
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()))
  const stop = (): void => stopping.abort()
  for (const signal of signals) process.once(signal, stop)
  const closing: Opening['closing'] = []
  const endBecause = (reason: string): void => {
    if (stopping.signal.aborted) return
    log.fatal(`ends, to be started anew: ${reason}`)
    process.exitCode = 1
    stop()
  }
  try {
    const opened = open({ closing, signal: stopping.signal, endBecause })
    await Promise.race([opened, stopped])
    await stopped
    await Promise.race([opened, wait(graceMs, undefined, { ref: false })])
  } catch (error) {
    if (!stopping.signal.aborted) fail(log, error)
  }
  for (const close of closing.reverse()) await closeInTime(close, log)
  for (const signal of signals) process.off(signal, stop)
}

/** What can not be closed must not keep the rest open. */
async function closeInTime(close: () => Promise<void>, log: Logger): Promise<void> {
  const late = new AbortController()
  const ended = close()
    .then(() => true)
    .catch((error: unknown) => {
      log.warn({ err: error }, 'could not close')
      return true
    })
  if (!(await Promise.race([ended, wait(closeMs, false, { signal: late.signal })])))
    log.warn({ ms: closeMs }, 'is left open: closing takes too long')
  late.abort()
}

function fail(log: Logger, error: unknown): void {
  if (error instanceof ZodError) log.fatal(`can not start: ${describeSettings(error)}`)
  else log.fatal({ err: error }, `can not start: ${describeError(error)}${nextStep(error)}`)
  process.exitCode = 1
}

const steps: Readonly<Record<string, string>> = {
  EADDRINUSE: 'end what listens there, or change the setting K8OR_…LISTEN that names this address',
  EADDRNOTAVAIL: 'change the setting K8OR_…LISTEN that names this address: this machine has no such',
  EACCES: 'change the setting that names it, or the rights of the user that this runs as',
}

/** What to do about what a system refused. */
function nextStep(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const step = steps[(cause as NodeJS.ErrnoException).code ?? '']
    if (step !== undefined) return `; ${step}`
  }
  return ''
}
