import { type Command, Option } from 'commander'
import { loadConnection, type ConnectionFlags } from './config'
import { CommandError, exitCodes, type ExitCode } from './errors'
import { MeshClient } from './mesh/mesh-client'
import { outputOption, writeAnswer, type Answer, type Output } from './output/answer'
import { createTerminal, type Terminal } from './terminal'

/** What every command is given. */
export interface OfflineContext {
  readonly terminal: Terminal
  /** Writes an answer as the command's `-o` asks. */
  readonly answer: (answer: Answer) => Promise<void>
}

/** What a command is given that asks the mesh. */
export interface Context extends OfflineContext {
  /** The mesh, as flags and environment name it. */
  readonly mesh: MeshClient
}

interface CommonFlags extends ConnectionFlags {
  readonly output?: Output
}

/** Does what a command is for and says how it went; nothing said is fine. Which flags there are the command declares. */
type Action<Given> = (context: Given, flags: never, ...values: string[]) => Promise<ExitCode | undefined>

/** Lets a command answer; `-o` is always there. */
export function offline(command: Command, act: Action<OfflineContext>): Command {
  const option = outputOption((flags, description) => new Option(flags, description))
  return command.addOption(option).action(async () => {
    const terminal = createTerminal()
    const flags = command.opts<CommonFlags>()
    const context = { terminal, answer: (answer: Answer) => writeAnswer(terminal, answer, flags.output) }
    process.exitCode = await ending(terminal, () =>
      act(context, flags as never, ...(command.processedArgs as string[])),
    )
  })
}

/** Lets a command ask the mesh; `-o`, `--url`, `--ca` and `--token` are always there. */
export function online(command: Command, act: Action<Context>): Command {
  return offline(withConnection(command), async (context, flags, ...values) => {
    const mesh = new MeshClient(loadConnection(flags))
    try {
      return await act({ ...context, mesh }, flags, ...values)
    } finally {
      mesh.close()
    }
  })
}

function withConnection(command: Command): Command {
  return command
    .option('--url <address>', 'where the mesh is (K8OR_URL)')
    .option('--ca <file>', 'the authority that its certificate is from (K8OR_CA)')
    .option('--token <token>', 'who asks (K8OR_TOKEN)')
}

/** Runs a command to its exit code. What failed is named with the next step; a stack helps nobody at a prompt. */
async function ending(terminal: Terminal, run: () => Promise<ExitCode | undefined>): Promise<ExitCode> {
  try {
    return (await run()) ?? exitCodes.fine
  } catch (error) {
    terminal.progress('')
    terminal.complain(`k8or: ${error instanceof Error ? error.message : String(error)}`)
    if (error instanceof CommandError && error.nextStep !== undefined) terminal.complain(`  ${error.nextStep}`)
    return exitCodes.cannotTell
  }
}
