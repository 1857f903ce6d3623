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
  /** A chain of records begins: the folder was empty. */
  readonly onBegun: (replica: string) => void
}

/** The access records of this replica, and what ships them. */
export interface OpenAudit {
  readonly log: AuditLog
  close(): Promise<void>
}

const settings = { lingerMs: 20, gatherMs: 250, retryMs: 5_000 }

/** Opens the records of a folder and begins to ship what is left in it. */
export function openAudit(options: AuditOptions): OpenAudit {
  const { dir, maxBytes, publisher, onTrouble, onBegun } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const replica = readReplica(dir) ?? randomBytes(6).toString('hex')
  if (readReplica(dir) === undefined) onBegun(replica)
  writeReplica(dir, replica)
  const files = new SegmentFiles(dir)
  const cursor = new ShippingCursor(join(dir, 'shipped.json'))
  const started: { shipper?: Shipper } = {}
  const log = new AuditLog(files, {
    replica,
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
    onLost: (segment, shipped) => {
      const which = `records of ${replica} after ${String(shipped)} that were not shipped yet`
      onTrouble('access records are lost', new Error(`segment ${segment} was taken away, and with it ${which}`))
    },
    onEmptied: () => writeReplica(dir, replica),
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
function readReplica(dir: string): string | undefined {
  const path = join(dir, 'replica')
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function writeReplica(dir: string, replica: string): void {
  if (readReplica(dir) === undefined) writeFileSync(join(dir, 'replica'), replica, { mode: 0o600 })
}
