import { toJson } from '@bufbuild/protobuf'
import { DeadLetters, DeadLetterSchema, type DeadLetter } from '@k8or/contracts/rpc/insighthub/v1/dead_letters'
import type { Context } from '../context'
import { CommandError } from '../errors'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatTime } from '../output/words'

/** `k8or dead-letters list` */
export async function listDeadLetters({ mesh, answer }: Context, { limit }: { limit: string }): Promise<undefined> {
  const { letters } = await mesh.call(DeadLetters.method.list, { limit: parseWhole(limit, '--limit') })
  await answer(deadLettersAnswer(letters))
}

/** `k8or dead-letters replay` */
export async function replayDeadLetter({ mesh, answer }: Context, _: object, id: string): Promise<undefined> {
  await mesh.call(DeadLetters.method.replay, { id: BigInt(parseWhole(id, 'the id of a dead letter')) })
  await answer({
    data: { id, replayed: true },
    names: () => [id],
    table: () => `dead letter ${id} was handed to its service again`,
  })
}

/** A line per fact that a service could not handle. */
export function deadLettersAnswer(letters: readonly DeadLetter[]): Answer {
  return {
    data: letters.map((letter) => toJson(DeadLetterSchema, letter, { alwaysEmitImplicit: true })),
    names: () => letters.map(({ id }) => String(id)),
    table: ({ isWide }) => {
      if (letters.length === 0) return 'no dead letters'
      const names = ['ID', 'TIME', 'SERVICE', ...(isWide ? ['FACT'] : []), 'SUBJECT', 'REASON']
      const rows = letters.map((letter) => [
        String(letter.id),
        formatTime(letter.time),
        letter.service,
        ...(isWide ? [letter.eventId] : []),
        letter.subject,
        letter.reason,
      ])
      return formatTable(names, rows)
    },
  }
}

function parseWhole(text: string, what: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new CommandError(`${what} is a whole number, got "${text}"`)
  return Number(text)
}
