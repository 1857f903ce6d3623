import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Publisher } from '@k8or/jetstream'
import { AuditLog } from './audit-log'
import { ShippingCursor } from './cursor'
import { SegmentFiles } from './segment-files'
import { Shipper } from './shipper'

/** Where records are kept until they are shipped. */
export interface AuditOptions {
  readonly dir: string
  readonly maxBytes: number
  readonly publisher: Publisher
  readonly onTrouble: (what: string, error: Error) => void
}

/** The access records of this replica, and what ships them. */
export interface OpenAudit {
  readonly log: AuditLog
  close(): Promise<void>
}

const settings = { lingerMs: 20, gatherMs: 250, retryMs: 5_000 }

/** Opens the records of a folder and begins to ship what is left in it. */
export function openAudit(options: AuditOptions): OpenAudit {
  const { dir, maxBytes, publisher, onTrouble } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const files = new SegmentFiles(dir)
  const cursor = new ShippingCursor(join(dir, 'shipped.json'))
  const started: { shipper?: Shipper } = {}
  const log = new AuditLog(files, {
    replica: replicaOf(dir),
    shipped: cursor.read(),
    maxBytes,
    segmentBytes: Math.min(4 << 20, Math.ceil(maxBytes / 4)),
    lingerMs: settings.lingerMs,
    onWritten: () => started.shipper?.wake(),
    onTrouble: (error) => onTrouble('access records can not be written', error),
  })
  const shipper = new Shipper({
    ...{ files, log, cursor, publisher },
    gatherMs: settings.gatherMs,
    retryMs: settings.retryMs,
    onTrouble: (error) => onTrouble('access records wait to be shipped', error),
  })
  started.shipper = shipper
  shipper.wake()
  return {
    log,
    close: async () => {
      await log.flush()
      await shipper.stop()
      await log.close()
    },
  }
}

/** The name of this replica, as long as its folder lasts. */
function replicaOf(dir: string): string {
  const path = join(dir, 'replica')
  if (!existsSync(path)) writeFileSync(path, randomBytes(6).toString('hex'), { mode: 0o600 })
  return readFileSync(path, 'utf8')
}
