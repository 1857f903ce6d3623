import { parseOptions } from './options'
import { down, up } from './up'

async function main(): Promise<void> {
  const { command, options } = parseOptions(process.argv.slice(2))
  if (command === 'down') await down()
  else await up(options, (line) => console.log(line))
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
