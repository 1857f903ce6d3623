import { readFileSync } from 'node:fs'
import type { Mesh } from '@k8or/rig'
import { descriptorsOf } from './descriptors'
import type { Sample } from './growth'

/** What each process of a mesh holds now, from what Linux tells; one that has just ended is left out. */
export function sampleProcesses({ processes }: Mesh, at: number): Sample[] {
  const pids = new Map([...processes].map(([process, { pid }]) => [process, pid]))
  const held = descriptorsOf(pids)
  return [...pids].flatMap(([process, pid]) => {
    const memory = memoryOf(pid)
    return memory ? [{ at, process, pid, ...memory, descriptors: held.get(process) ?? [] }] : []
  })
}

function memoryOf(pid: number): Pick<Sample, 'residentMiB' | 'proportionalMiB'> | undefined {
  try {
    const rollup = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8')
    const [residentMiB, proportionalMiB] = [mebibytes(rollup, 'Rss'), mebibytes(rollup, 'Pss')]
    return residentMiB > 0 ? { residentMiB, proportionalMiB } : undefined
  } catch {
    return undefined
  }
}

function mebibytes(rollup: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024
}
