import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'

const compress = promisify(deflate)

/** A git object that was made here. */
export interface NewObject {
  readonly id: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly content: Buffer
}

/** Names content as git does. */
export function newObject(type: NewObject['type'], content: Buffer): NewObject {
  return { id: createHash('sha1').update(headOf(type, content)).update(content).digest('hex'), type, content }
}

/** Stores objects in a mirror, as single files: a few small ones, for which no git has to be started. */
export async function storeObjects(mirror: string, objects: readonly NewObject[]): Promise<void> {
  await Promise.all(objects.map((object) => store(join(mirror, 'objects'), object)))
}

async function store(dir: string, { id, type, content }: NewObject): Promise<void> {
  const folder = join(dir, id.slice(0, 2))
  const path = join(folder, id.slice(2))
  const isThere = await stat(path).then(Boolean, () => false)
  if (isThere) return
  await mkdir(folder, { recursive: true })
  const half = join(folder, `tmp_obj_${randomBytes(8).toString('hex')}`)
  await writeFile(half, await compress(Buffer.concat([headOf(type, content), content]), { level: 1 }))
  await chmod(half, 0o444)
  await rename(half, path)
}

function headOf(type: string, content: Buffer): Buffer {
  return Buffer.from(`${type} ${content.length}\0`)
}
