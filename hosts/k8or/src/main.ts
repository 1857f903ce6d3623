import { createRequire } from 'node:module'
import { Command } from 'commander'
import { endParsing, registerClientCommands } from './client'
import { version } from './version'

const meshCommands: readonly [string, string][] = [
  ['bootstrap', 'make the authority, certificates, tokens and the bus that a mesh starts from'],
  ['standalone', 'run all services in this process'],
  ['service', 'run one service in this process'],
]

/** Loads the services only for the commands that run them: the others start at once. */
async function runMesh(): Promise<void> {
  const { runMeshCommand } = createRequire(__filename)('./mesh.cjs') as typeof import('./mesh')
  await runMeshCommand(process.argv)
}

async function main(): Promise<void> {
  if (meshCommands.some(([name]) => name === process.argv[2])) return runMesh()
  const program = new Command('k8or').description('GitOps continuous delivery for Kubernetes').version(version)
  registerClientCommands(program)
  program
    .command('version')
    .description('say which version this is')
    .action(() => void process.stdout.write(`${version}\n`))
  for (const [name, description] of meshCommands) program.command(name).description(description)
  await program.parseAsync(process.argv)
}

// Whoever reads our output may have seen enough (`k8or app list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

main().catch((error: unknown) => {
  process.exitCode = endParsing(error)
})
