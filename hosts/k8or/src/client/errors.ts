/** What the command ends with: fine; the answer is no; cannot tell (usage, unreachable, refused). */
export const exitCodes = { fine: 0, no: 1, cannotTell: 2 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Why a command cannot answer, and what its user can do. Shown as two lines, never with a stack. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly nextStep?: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'CommandError'
  }
}
