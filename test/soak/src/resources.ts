import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Mesh } from '@k8or/rig'
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
    const descriptors = openedBy(pid).filter((path) => !isBlockOfStream(path)).length
    const [residentMiB, proportionalMiB] = [mebibytes(rollup, 'Rss'), mebibytes(rollup, 'Pss')]
    return residentMiB > 0 ? { residentMiB, proportionalMiB, descriptors } : undefined
  } catch {
    return undefined
  }
}

/** Where the descriptors of a process lead; one that was closed meanwhile leads nowhere. */
function openedBy(pid: number): string[] {
  const dir = `/proc/${String(pid)}/fd`
  return readdirSync(dir).flatMap((descriptor) => {
    try {
      return [readlinkSync(`${dir}/${descriptor}`)]
    } catch {
      return []
    }
  })
}

/** NATS opens the files of its streams when it needs them, and closes them when it has not for a while. */
function isBlockOfStream(path: string): boolean {
  return path.endsWith('.blk')
}

function mebibytes(rollup: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024
}
