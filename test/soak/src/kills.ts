import type { Mesh } from '@k8or/rig'
import type { KillPlan } from './kill-plan'

/** A process that was killed, and when. */
export interface Kill {
  readonly process: string
  readonly at: number
}

/** Kills processes of the mesh, in turn. */
export class Kills {
  readonly all: Kill[] = []
  readonly #before: ReadonlyMap<string, number>

  constructor(private readonly mesh: Mesh) {
    this.#before = restartsOf(mesh)
  }

  async kill({ turns }: KillPlan, turn: number): Promise<void> {
    const process = turns[turn % turns.length]
    if (process === undefined) return
    this.all.push({ process, at: performance.now() })
    this.mesh.kill(process)
  }

  /** What has ended though nobody killed it. */
  crashes(): string[] {
    return [...restartsOf(this.mesh)].flatMap(([name, restarts]) => {
      const own = this.all.filter(({ process }) => process === name).length
      const crashed = restarts - (this.#before.get(name) ?? 0) - own
      return crashed > 0 ? [`${name}: ended ${String(crashed)} times though nobody killed it`] : []
    })
  }
}

function restartsOf({ processes }: Mesh): Map<string, number> {
  return new Map([...processes].map(([name, { restarts }]) => [name, restarts]))
}
