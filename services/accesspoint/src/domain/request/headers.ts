import { gateHeaders } from '@k8or/contracts'

/**
 * Which of a caller's headers are sent on. A list of what is let through, so that nobody can hand a cluster an identity
 * (`Impersonate-*`, `Authorization`, `X-Remote-*`) or meddle with the connection (hop-by-hop headers).
 */
const sentOn = new Set(['accept', 'content-type', 'traceparent', 'tracestate'])

/** Which headers of a cluster's answer the caller gets; none that tells of credentials. */
const answered = new Set(['content-type', 'content-length', 'warning', 'retry-after', 'audit-id'])

/** The headers of a call as a cluster gets them. */
export function headersForCluster(headers: Readonly<Record<string, string>>, service: string): Record<string, string> {
  return { ...pick(headers, sentOn), 'user-agent': `k8or-accesspoint (${service})` }
}

/** The headers of an answer as the caller gets them. */
export function headersForCaller(headers: Readonly<Record<string, string>>): Record<string, string> {
  return pick(headers, answered)
}

/** What a caller says about a mutation; what is not a number counts as absent. */
export interface Claim {
  readonly application: string | undefined
  readonly release: number | undefined
  /** Absent in a call is 0. */
  readonly setbacks: number
  readonly lease: number | undefined
}

/** Reads the claim of a mutation. */
export function claimOf(headers: Readonly<Record<string, string>>): Claim {
  return {
    application: headers[gateHeaders.application],
    release: wholeNumber(headers[gateHeaders.release]),
    setbacks: wholeNumber(headers[gateHeaders.setbacks]) ?? 0,
    lease: wholeNumber(headers[gateHeaders.lease]),
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function pick(headers: Readonly<Record<string, string>>, names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.has(name.toLowerCase())))
}
