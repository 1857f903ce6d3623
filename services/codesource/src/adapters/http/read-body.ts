import type { Readable } from 'node:stream'
import { type Admission, type Refusal, Held } from '../../domain/webhook/admission'

/** A body is not taken; what was not read of it stays unread. */
export class BodyRefusedError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal)
    this.name = 'BodyRefusedError'
  }
}

/**
 * Reads a body and holds it while it is used.
 * @throws BodyRefusedError before the first byte is read where it says how long it is, else as soon as it is too long
 */
export async function withBody<Answer>(
  admission: Admission,
  { stream, declaredBytes }: { readonly stream: Readable; readonly declaredBytes: number },
  use: (body: Buffer) => Promise<Answer>,
): Promise<Answer> {
  const held = admission.begin(declaredBytes)
  if (!(held instanceof Held)) throw new BodyRefusedError(held)
  try {
    return await use(await readBody(stream, held))
  } finally {
    held.end()
  }
}

async function readBody(stream: Readable, held: Held): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  // Whoever is refused is to hear it: the connection outlives the reading.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    const refusal = held.grow(length)
    if (refusal !== undefined) throw new BodyRefusedError(refusal)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}
