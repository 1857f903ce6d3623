import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = 100

/**
 * Seconds of processor time that processes and what they have started have used so far, all together: those that have
 * ended, such as a `git fetch`, count for the process that waited for them.
 */
export function processorSeconds(pids: readonly number[]): number {
  return sum(withDescendants(pids).map(ticksOf)) / ticksPerSecond
}

/** Resident memory of processes and what they have started in MiB, all together. */
export function residentMebibytes(pids: readonly number[]): number {
  return sum(withDescendants(pids).map(residentOf))
}

/** The processes and all that descend from them. */
export function withDescendants(pids: readonly number[]): number[] {
  const known = new Set(pids)
  for (const pid of known) for (const child of childrenOf(pid)) known.add(child)
  return [...known]
}

// User and system time, its own and that of the children that it has waited for.
function ticksOf(pid: number): number {
  const stat = read(`/proc/${String(pid)}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return sum(fields.slice(11, 15).map(Number))
}

function residentOf(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${String(pid)}/status`))
  return Number(line?.[1] ?? 0) / 1024
}

function childrenOf(pid: number): number[] {
  const tasks = `/proc/${String(pid)}/task`
  return listed(tasks).flatMap((task) => read(`${tasks}/${task}/children`).split(' ').filter(Boolean).map(Number))
}

// A process may end while it is looked at: it then counts for its parent.
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function listed(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}
