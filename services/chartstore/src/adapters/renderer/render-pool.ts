import { passPoint } from '@k8or/fault-points'
import { Later } from '@k8or/outcome'
import type { RenderHostsConfig } from '../../config'
import { RendererNotReadyError, type Renderer } from '../../domain/ports'
import type { RenderAnswer, RenderRequest } from '../../domain/render/render-host'
import { RenderProcess, RenderStoppedError } from './render-process'

const maxWaiting = 256

/** Render hosts: started when needed, one render at a time each, stopped when there was nothing to do for a while. */
export class RenderPool implements Renderer {
  readonly #hosts = new Set<RenderProcess>()
  readonly #idle: RenderProcess[] = []
  readonly #waiting: (() => void)[] = []
  #busy = 0
  #sweep: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(private readonly config: RenderHostsConfig) {}

  /** @throws RendererNotReadyError */
  async render(request: RenderRequest): Promise<RenderAnswer> {
    await this.#turn()
    try {
      const answer = await this.#attempt(request)
      passPoint('chartstore', 'render', 'host')
      return answer
    } finally {
      this.#busy--
      this.#waiting.shift()?.()
      this.#sweepLater()
    }
  }

  /** Ends all hosts, whatever they do. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#sweep)
    for (const host of this.#hosts) host.stop()
  }

  async #turn(): Promise<void> {
    if (this.#waiting.length >= maxWaiting) throw new Later('too many renders wait for a host', 1_000)
    while (this.#busy >= this.config.count) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#busy++
  }

  /** A host that just ended may have been killed from outside: a second one is asked before the source is blamed. */
  async #attempt(request: RenderRequest): Promise<RenderAnswer> {
    try {
      return await this.#ask(request)
    } catch (first) {
      if (!(first instanceof RenderStoppedError)) throw first
      if (first.why !== 'ended') return stopped(first, request, this.config)
    }
    if (this.#isStopped) throw new Later('the service is stopping')
    try {
      return await this.#ask(request)
    } catch (second) {
      if (!(second instanceof RenderStoppedError)) throw second
      return stopped(second, request, this.config)
    }
  }

  async #ask(request: RenderRequest): Promise<RenderAnswer> {
    let host = this.#idle.pop()
    while (host?.isDead) host = this.#idle.pop()
    host ??= new RenderProcess(this.config.program, this.config)
    this.#hosts.add(host)
    try {
      const answer = await host.render(request)
      this.#idle.push(host)
      return answer
    } catch (error) {
      this.#hosts.delete(host)
      throw error
    }
  }

  #sweepLater(): void {
    clearTimeout(this.#sweep)
    if (this.#isStopped) return
    this.#sweep = setTimeout(() => this.#stopIdle(), this.config.idleMs)
    this.#sweep.unref()
  }

  #stopIdle(): void {
    for (const host of this.#idle.splice(0)) {
      this.#hosts.delete(host)
      host.stop()
    }
  }
}

const reasons = {
  timeout: 'RenderTimeout',
  memory: 'RenderTooLarge',
  output: 'RenderTooLarge',
  recursion: 'RenderFailed',
}
const nextSteps = {
  timeout: 'make it smaller or raise K8OR_RENDER_TIMEOUT_MS',
  memory: 'make it smaller, or see whether a template calls itself',
  output: 'split the source or raise K8OR_MAX_RENDERED_BYTES',
  recursion: 'see what its templates include',
  ended: 'look into the logs of ChartStore',
}

function stopped(error: RenderStoppedError, { op, path }: RenderRequest, { program }: RenderHostsConfig): RenderAnswer {
  const { why, message } = error
  if (why === 'missing')
    throw new RendererNotReadyError(
      `Helm and Kustomize wait for the render host: ${program} is not there; \`make setup\` builds it in the background`,
      { cause: error },
    )
  const reason = why === 'ended' ? 'RenderFailed' : reasons[why]
  const problem = { reason, message: `${op} in ${path || 'the root'} was not rendered: ${message}; ${nextSteps[why]}` }
  return { objects: [], reads: [], misses: [], nonDet: [], consults: [], problem }
}
