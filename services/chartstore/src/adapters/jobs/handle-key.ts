import { unlessAborted } from '@k8or/shell'
import { withSpan } from '@k8or/telemetry'
import type { Agenda } from '../../domain/agenda/agenda'
import { readTask, type Task } from '../../domain/agenda/task'
import type { Signals } from '../../signals'

/** Looks at one key, with a span and numbers around it. A look that is cut off is repeated at the next start. */
export async function handleKey(agenda: Agenda, signals: Signals, key: string, signal: AbortSignal): Promise<void> {
  const task = readTask(key)
  if (task) await unlessAborted(handleTask(agenda, signals, task, signal), signal)
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
      await agenda.advance(task.key)
      return
    }
    case 'retention': {
      signals.swept(await agenda.sweep(signal))
      return
    }
  }
}
