import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultPointFiles } from '@k8or/fault-points'
import { eventually, removeDir, tempDir } from '@k8or/rig'

/** The folder by which the processes of a mesh are told where to kill themselves. */
export class ArmedPoints {
  readonly dir = tempDir('fault-points')

  /** Whoever passes there kills the processes of these ids, or itself when there are none. */
  arm(point: string, pids: readonly number[] = []): void {
    const { armed, hit } = faultPointFiles(this.dir, point)
    rmSync(hit, { force: true })
    writeFileSync(armed, pids.map((pid) => `${String(pid)}\n`).join(''))
  }

  /** What was not hit is not to kill anybody later. */
  disarm(point: string): void {
    rmSync(faultPointFiles(this.dir, point).armed, { force: true })
  }

  /** Waits until somebody was killed there. */
  async untilHit(point: string): Promise<void> {
    const { hit } = faultPointFiles(this.dir, point)
    await eventually(() => existsSync(hit), { timeoutMs: 30_000, what: `a kill at ${point}` })
  }

  /** All points that any process has passed. */
  passed(): Set<string> {
    const file = join(this.dir, 'passed')
    return new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [])
  }

  remove(): void {
    removeDir(this.dir)
  }
}
