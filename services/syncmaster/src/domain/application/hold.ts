import { z } from 'zod'
import type { Application } from './application'
import { annotations } from './policy'

/** Why an Application is left as it is: after a rollback, or because somebody asked for it. */
export interface Hold {
  readonly kind: 'hold' | 'suspend'
  readonly actor: string
  readonly reason: string
  /** RFC 3339; empty when nobody wrote it down. */
  readonly since: string
  /** The release that a rollback went back to; 0 for none. */
  readonly release: number
}

const Written = z.object({
  actor: z.string().default('unknown'),
  reason: z.string().default(''),
  since: z.string().default(''),
  release: z.number().int().nonnegative().default(0),
})

/** What keeps an Application from being changed; a suspension, which keeps more, before a hold. */
export function holdOf({ annotations: marks }: Application): Hold | undefined {
  return read('suspend', marks[annotations.suspend]) ?? read('hold', marks[annotations.hold])
}

/** The value of the annotation that says so. */
export function holdAnnotation({ actor, reason, since, release }: Omit<Hold, 'kind'>): string {
  return JSON.stringify({ actor, reason, since, release })
}

/** A text that people wrote by hand is the reason; an empty one, or `false`, is none. */
function read(kind: Hold['kind'], text: string | undefined): Hold | undefined {
  if (text === undefined || ['', 'false'].includes(text.trim())) return undefined
  return { kind, ...(parse(text) ?? { actor: 'unknown', reason: text, since: '', release: 0 }) }
}

function parse(text: string): z.infer<typeof Written> | undefined {
  try {
    return Written.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
