import { readFileSync } from 'node:fs'
import type { Mesh } from '@k8or/rig'

/** One line of the log of a service. */
export interface LogLine {
  readonly level: string
  /** The service. */
  readonly name: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** What the mesh wrote to its log, as text. */
export function logText(mesh: Mesh): string {
  const processes = [...mesh.processes.values()].filter(({ name }) => name !== 'nats' && name !== 'redis')
  return processes.map(({ logFile }) => readFileSync(logFile, 'utf8')).join('\n')
}

/** The warnings and errors in the log of the mesh. */
export function warnings(mesh: Mesh): LogLine[] {
  const lines = logText(mesh)
    .split('\n')
    .filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as LogLine).filter(({ level }) => level === 'warn' || level === 'error')
}
