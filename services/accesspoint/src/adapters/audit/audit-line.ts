import { AccessRecorded } from '@k8or/contracts'
import { z } from 'zod'

/** One line of a segment: a record, and the token under which it is published. */
export const AuditLine = z.object({ token: z.string(), record: AccessRecorded })
export type AuditLine = z.infer<typeof AuditLine>

/** The text of a line, with its end. */
export function writeLine(line: AuditLine): string {
  return `${JSON.stringify(line)}\n`
}

/** Reads one line; undefined when it is torn, which only the last line of a segment can be. */
export function readLine(text: string): AuditLine | undefined {
  try {
    return AuditLine.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
