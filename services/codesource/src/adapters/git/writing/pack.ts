import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { NewObject } from './new-object'

const compress = promisify(deflate)
const types = { commit: 1, tree: 2, blob: 3 } as const
const version = 2

/** A pack of a few whole objects, as git transfers them. */
export async function packOf(objects: readonly NewObject[]): Promise<Buffer> {
  const unique = [...new Map(objects.map((object) => [object.id, object])).values()]
  const head = Buffer.alloc(12)
  head.write('PACK')
  head.writeUInt32BE(version, 4)
  head.writeUInt32BE(unique.length, 8)
  const packed = await Promise.all(unique.map(async ({ content }) => compress(content, { level: 1 })))
  const entries = unique.flatMap((object, index) => [entryHead(object), packed[index] ?? Buffer.alloc(0)])
  const body = Buffer.concat([head, ...entries])
  return Buffer.concat([body, createHash('sha1').update(body).digest()])
}

/** Type and size: four bits of the size, then seven in each further byte. */
function entryHead({ type, content }: NewObject): Buffer {
  const bytes: number[] = []
  let byte = (types[type] << 4) | (content.length & 15)
  for (let rest = Math.floor(content.length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 128)
    byte = rest & 127
  }
  return Buffer.from([...bytes, byte])
}
