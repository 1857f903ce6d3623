import { passPoint } from '@k8or/fault-points'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { chainStart, type ChainEnd } from '../../domain/audit/chain'

const Cursor = z.object({ sequence: z.number().int().nonnegative(), hash: z.string() })

/** How far the records were shipped. Behind after a crash: what is shipped twice has the same id and is stored once. */
export class ShippingCursor {
  constructor(private readonly path: string) {}

  read(): ChainEnd {
    try {
      return Cursor.parse(JSON.parse(readFileSync(this.path, 'utf8')))
    } catch {
      return chainStart
    }
  }

  write({ sequence, hash }: ChainEnd): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
    writeFileSync(`${this.path}.new`, JSON.stringify({ sequence, hash }), { mode: 0o600 })
    renameSync(`${this.path}.new`, this.path)
    passPoint('accesspoint', 'audit', 'cursor')
  }

  /** Makes safe what was written last. */
  sync(): void {
    const file = openSync(this.path, 'a', 0o600)
    fsyncSync(file)
    closeSync(file)
  }
}
