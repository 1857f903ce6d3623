import { readFileSync } from 'node:fs'
import type { Mesh } from '@k8or/rig'
import { openedBy } from './descriptors'
import type { Sample } from './growth'

/** What each process of a mesh holds now, from what Linux tells; one that has just ended is left out. */
export function sampleProcesses({ processes }: Mesh, at: number): Sample[] {
  return [...processes].flatMap(([process, { pid }]) => {
    const held = heldBy(pid)
    return held ? [{ at, process, pid, ...held }] : []
  })
}

function heldBy(pid: number): Omit<Sample, 'at' | 'process' | 'pid'> | undefined {
  try {
    const rollup = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8')
    const descriptors = openedBy(pid)
    const [residentMiB, proportionalMiB] = [mebibytes(rollup, 'Rss'), mebibytes(rollup, 'Pss')]
    return residentMiB > 0 ? { residentMiB, proportionalMiB, descriptors } : undefined
  } catch {
    return undefined
  }
}

function mebibytes(rollup: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024
}
