import type { Readable } from 'node:stream'

/** All of a body, joined once. */
export function readBody(body: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    body.on('data', (chunk: Buffer) => chunks.push(chunk))
    body.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    body.once('error', reject)
    body.once('close', () => reject(new Error('the connection closed in the middle of the answer')))
  })
}
