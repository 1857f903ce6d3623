import { createServer } from 'node:net'
import { testWorker } from './config'

// Below the range that the kernel hands out for outgoing connections: a server that is restarted finds its port free.
const range = { first: 12_000, last: 32_000 }
/** Test workers beside each other take ports from different slices: what one has found, the other could take before it is used. */
const slices = 4
const given = new Set<number>()

/** A TCP port on the loopback that nothing listens on, never the same one twice in a process. */
export async function freePort(): Promise<number> {
  const { first, last } = sliceOf(testWorker())
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = first + Math.floor(Math.random() * (last - first))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error(`no free port found between ${first} and ${last}`)
}

/** Several free ports, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await freePort())
  return ports
}

function sliceOf(worker: number | undefined): { readonly first: number; readonly last: number } {
  if (worker === undefined) return range
  const width = (range.last - range.first) / slices
  const first = range.first + (worker % slices) * width
  return { first, last: first + width }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
