import { spawn } from 'node:child_process'

const kept = 25
const running = new Set()

/** Stops what still runs, after something else has failed. */
export function stopPrograms() {
  for (const child of running) child.kill('SIGTERM')
}

/** Runs a program, hands each line it prints to `onLine`, and fails with its last lines. */
export function run(command, args, { cwd, env, onLine = () => {}, advice }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    const tail = []
    const lines = []
    const take = (line, isOutput) => {
      tail.push(line)
      if (tail.length > kept) tail.shift()
      if (isOutput) lines.push(line)
      onLine(line)
    }
    cutLines(child.stdout, (line) => take(line, true))
    cutLines(child.stderr, (line) => take(line, false))
    child.on('error', (error) => reject(new Error(`cannot run ${command}: ${error.message}`)))
    child.on('close', (code, signal) => {
      running.delete(child)
      if (code === 0) resolve(lines)
      else reject(new Error(failure(command, args, code ?? signal, tail, advice)))
    })
  })
}

function cutLines(stream, take) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop()
    parts.forEach(take)
  })
  stream.on('end', () => rest && take(rest))
}

function failure(command, args, end, tail, advice) {
  const shown = tail.map((line) => `  | ${line}`).join('\n')
  return `\`${command} ${args.slice(0, 2).join(' ')}\` ended with ${end}:\n${shown}\n${advice ?? 'run `make setup` again'}`
}
