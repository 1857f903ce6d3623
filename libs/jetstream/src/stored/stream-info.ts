import { z } from 'zod'
import { apiPrefix } from '../connection/api-prefix'
import type { Wire } from '../connection/wire'

const silenceMs = 5_000

const StreamInfo = z.object({
  created: z.string(),
  state: z.object({
    first_seq: z.number(),
    last_seq: z.number(),
    /** How many messages each subject has, where a filter asks for them. */
    subjects: z.record(z.string(), z.number()).default({}),
  }),
  total: z.number().default(0),
})
const Refusal = z.object({ error: z.object({ code: z.number(), description: z.string().default('') }) })

/** What the server says of one stream. */
export type StreamInfo = z.infer<typeof StreamInfo>

/** Asks what a stream is now; who may ask is named in the rights of the bus. */
export function streamInfo(wire: Wire, stream: string): Promise<StreamInfo> {
  return ask(wire, stream, {})
}

/** The subjects of a stream that match a filter, without their messages. */
export async function storedSubjects(wire: Wire, stream: string, filter: string): Promise<string[]> {
  const subjects: string[] = []
  for (;;) {
    const { state, total } = await ask(wire, stream, { subjects_filter: filter, offset: subjects.length })
    const found = Object.keys(state.subjects)
    subjects.push(...found)
    if (found.length === 0 || subjects.length >= total) return subjects
  }
}

async function ask(wire: Wire, stream: string, query: object): Promise<StreamInfo> {
  const subject = `${apiPrefix}.STREAM.INFO.${stream}`
  const answer = await wire.ask(() => wire.connection.request(subject, JSON.stringify(query), { timeout: silenceMs }))
  const json: unknown = answer.json()
  const refused = Refusal.safeParse(json)
  if (!refused.success) return StreamInfo.parse(json)
  throw new Error(`the server tells nothing of stream ${stream}: ${refused.data.error.description}`)
}
