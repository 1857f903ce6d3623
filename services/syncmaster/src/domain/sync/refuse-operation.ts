import type { Operation } from '../application/application'
import { whyHeld } from '../rollback/hold-back'
import { whyStopped } from './emergency-stop'
import { whyNothingSelected } from './selection'
import { whyNotSynced } from './unsupported'
import { needed, type Work } from './work'

/** Why what people ask for can not be done now; undefined when it can. */
export function whyRefused(work: Work, operation: Operation): string | undefined {
  return (
    whyHeld(work.application, operation) ??
    refusedOperation(work, operation) ??
    whyNothingSelected(work) ??
    whyStoppedNow(work, operation) ??
    whyNotSynced(work)
  )
}

/** A dry run changes nothing: it may be asked for while everything stands still. */
function whyStoppedNow(work: Work, { sync }: Operation): string | undefined {
  return sync?.dryRun ? undefined : whyStopped(work, needed(work.cluster).name)
}

function refusedOperation(work: Work, { sync }: Operation): string | undefined {
  if (!sync) return 'the operation asks for nothing; set operation.sync'
  if (sync.manifests?.length) return 'syncing local manifests is not supported yet; commit them to the source'
  if (sync.source || sync.sources?.length)
    return 'syncing another source is not supported yet; change spec.source instead'
  if (sync.syncStrategy?.apply?.force || sync.syncStrategy?.hook?.force)
    return 'syncing with force is not supported yet; leave syncStrategy.*.force out, objects are applied server-side'
  const asked = sync.revision ?? sync.revisions?.[0] ?? ''
  const source = needed(work.release).sources[0]
  const isNewest =
    asked === '' || asked === 'HEAD' || asked === source?.targetRevision || source?.revision.startsWith(asked)
  if (isNewest) return undefined
  return `syncing revision ${asked} is not supported yet: release ${needed(work.release).release} was rendered from ${source?.revision ?? ''}; change spec.source.targetRevision instead`
}
