import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Runs every step, at most `width` at a time, and says each result as it comes. */
export async function runSteps(steps, { root, width, onResult }) {
  const waiting = [...steps]
  const results = []
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await runStep(step, root)
      results.push(result)
      onResult(result)
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return results
}

async function runStep({ name, args }, root) {
  const started = performance.now()
  const child = spawn(join(root, 'node_modules/node/bin/node'), args, { cwd: root, env: stepEnvironment() })
  const chunks = []
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  child.stderr.on('data', (chunk) => chunks.push(chunk))
  const [code, signal] = await once(child, 'close')
  const output = Buffer.concat(chunks).toString('utf8').trim()
  return {
    name,
    passed: code === 0,
    output,
    reason: signal ?? `exit ${code}`,
    seconds: (performance.now() - started) / 1000,
  }
}

function stepEnvironment() {
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  return { ...process.env, NX_DAEMON: 'false', ...color }
}
