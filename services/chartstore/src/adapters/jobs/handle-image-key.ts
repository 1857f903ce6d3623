import { unlessAborted } from '@k8or/shell'
import { withSpan } from '@k8or/telemetry'
import type { ImageAgenda } from '../../domain/images/image-agenda'
import type { Signals } from '../../signals'

/** Looks at one key about images, with a span around it. */
export async function handleImageKey(
  agenda: ImageAgenda,
  signals: Signals,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const look = () => withSpan('consider images', { 'k8or.key': key }, () => agenda.handle(key, signal))
  const looked = await unlessAborted(look(), signal)
  if (looked?.commit !== undefined) signals.committed(looked.commit)
}
