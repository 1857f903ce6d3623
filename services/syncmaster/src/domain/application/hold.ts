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
  /** The commits that revert git to that release: once they are rendered, the hold ends by itself. */
  readonly reverts: readonly string[]
}

const Written = z.object({
  actor: z.string().default('unknown'),
  reason: z.string().default(''),
  since: z.string().default(''),
  release: z.number().int().nonnegative().default(0),
  reverts: z.array(z.string()).default([]),
})

/** What keeps an Application from being changed; a suspension, which keeps more, before a hold. */
export function holdOf(application: Application): Hold | undefined {
  return holdsOf(application)[0]
}

/** All that keeps an Application from being changed. */
export function holdsOf({ annotations: marks }: Application): Hold[] {
  return [read('suspend', marks[annotations.suspend]), read('hold', marks[annotations.hold])].filter(
    (hold) => hold !== undefined,
  )
}

/** The value of the annotation that says so. */
export function holdAnnotation({ actor, reason, since, release, reverts }: Omit<Hold, 'kind'>): string {
  return JSON.stringify({ actor, reason, since, release, ...(reverts.length > 0 ? { reverts } : {}) })
}

/** What keeps an Application as it is, in words: who, why, and how it ends. */
export function describeHold(hold: Hold, application: string): string {
  const { kind, actor, since, reason } = hold
  const what = kind === 'suspend' ? 'suspended' : hold.release > 0 ? `held at release ${hold.release}` : 'held'
  const when = since === '' ? '' : ` since ${since}`
  const end = hold.reverts.length > 0 ? 'its revert in git is rendered, or ' : ''
  return `${what} by ${actor}${when}${reason === '' ? '' : `: ${reason}`}; it goes on when ${end}somebody resumes it (k8or app resume ${application})`
}

/** A text that people wrote by hand is the reason; an empty one, or `false`, is none. */
function read(kind: Hold['kind'], text: string | undefined): Hold | undefined {
  if (text === undefined || ['', 'false'].includes(text.trim())) return undefined
  return { kind, ...(parse(text) ?? { actor: 'unknown', reason: text, since: '', release: 0, reverts: [] }) }
}

function parse(text: string): z.infer<typeof Written> | undefined {
  try {
    return Written.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
