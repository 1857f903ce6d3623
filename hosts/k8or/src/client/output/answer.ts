import type { Option } from 'commander'
import { CommandError } from '../errors'
import type { Colors, Terminal } from '../terminal'

/** How an answer can be written. */
export const outputs = ['table', 'wide', 'json', 'yaml', 'name'] as const
export type Output = (typeof outputs)[number]

/** One answer in every form that was thought of; a form that makes no sense for it is absent. */
export interface Answer {
  /** What scripts read. */
  readonly data: unknown
  readonly table: (look: { readonly isWide: boolean; readonly colors: Colors }) => string
  readonly names?: () => string[]
}

/** Writes an answer as was asked: a table for people, JSON where nobody looks, unless told otherwise. */
export async function writeAnswer(terminal: Terminal, answer: Answer, asked: Output | undefined): Promise<void> {
  const output = asked ?? (terminal.isTTY ? 'table' : 'json')
  terminal.print(await format(answer, output, terminal.colors))
}

/** The option `-o` of every command that answers something. */
export function outputOption(create: (flags: string, description: string) => Option): Option {
  return create('-o, --output <format>', 'how to write the answer; a table on a terminal, json elsewhere').choices(
    outputs,
  )
}

async function format(answer: Answer, output: Output, colors: Colors): Promise<string> {
  switch (output) {
    case 'json':
      return JSON.stringify(answer.data, undefined, 2)
    case 'yaml': {
      const { dump } = await import('js-yaml')
      return dump(answer.data, { noRefs: true, lineWidth: -1 }).trimEnd()
    }
    case 'name':
      if (answer.names === undefined) throw new CommandError('this answer has no names', 'use -o json')
      return answer.names().join('\n')
    case 'table':
    case 'wide':
      return answer.table({ isWide: output === 'wide', colors })
  }
}
