import { withSpan } from '@k8or/telemetry'
import type { Agenda } from '../../domain/agenda/agenda'
import { readTask, type Task } from '../../domain/agenda/task'
import type { Signals } from '../../signals'

/** Looks at one key, with a span and numbers around it. A look that is cut off is repeated at the next start. */
export async function handleKey(agenda: Agenda, signals: Signals, key: string, signal: AbortSignal): Promise<void> {
  const task = readTask(key)
  if (task) await unlessAborted(signal, handleTask(agenda, signals, task, signal))
}

/** Reading a record waits for the bus, which may be away: stopping does not. */
async function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(new Error('it was cut off by the stop of the service'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function handleTask(agenda: Agenda, signals: Signals, task: Task, signal: AbortSignal): Promise<void> {
  switch (task.kind) {
    case 'application': {
      const look = () => signals.considered(() => agenda.application(task.uid))
      return withSpan('consider application', { 'k8or.application': task.uid }, look)
    }
    case 'revision': {
      const look = () => agenda.revision(task.key)
      return withSpan('find touched applications', { 'k8or.revision': task.key }, look)
    }
    case 'advance': {
      agenda.advance(task.key)
      return
    }
    case 'retention': {
      signals.swept(await agenda.sweep(signal))
      return
    }
  }
}
