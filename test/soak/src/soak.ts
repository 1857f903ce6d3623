import { setTimeout as delay } from 'node:timers/promises'
import { eventually, runsHealthy, type Mesh, type MeshDriver } from '@k8or/rig'
import { accountOf, isSettled } from './account'
import { missingChains } from './chain'
import { readTraces } from './chains'
import type { SoakConfig } from './config'
import { Drifts } from './drifts'
import type { Tenant } from './estate'
import type { Sample } from './growth'
import { killPlans, type KillPlan } from './kill-plan'
import { Kills } from './kills'
import { Ledger } from './ledger'
import type { Outcome } from './outcome'
import { atPace } from './pace'
import { formatProgress } from './progress'
import { Pushes } from './pushes'
import { sampleProcesses } from './resources'
import { watchObjects } from './watch-objects'

const sampleEveryMs = 10_000
const restSampleEveryMs = 1_000
/** Up to a minute after a push the applications that it did not touch learn its commit's name, and write it down. */
const lateWorkMs = 75_000
/** Longer than an idle connection is kept: 75 s. */
const restMs = 90_000
const settleMs = 180_000

/** What a soak needs. */
export interface SoakParts {
  readonly mesh: Mesh
  readonly driver: MeshDriver
  readonly tenants: readonly Tenant[]
  readonly config: SoakConfig
  readonly signal: AbortSignal
  readonly tell: (line: string) => void
}

/** Two halves of load with a rest after each, then the account of all that was done. */
export class Soak {
  readonly #began = performance.now()
  readonly #ledger = new Ledger()
  readonly #kills: Kills
  readonly #pushes: Pushes
  readonly #drifts: Drifts

  constructor(private readonly parts: SoakParts) {
    const { mesh, driver, tenants } = parts
    this.#kills = new Kills(mesh)
    this.#pushes = new Pushes(tenants, this.#ledger)
    this.#drifts = new Drifts(driver, tenants, this.#ledger)
  }

  async run(): Promise<Outcome> {
    const { mesh, driver, config, signal } = this.parts
    const over = new AbortController()
    const watching = watchObjects(driver, this.#ledger, AbortSignal.any([over.signal, signal]))
    try {
      const [everything, serversAlone] = killPlans([...mesh.processes.keys()], config.halfMs, config.killEveryMs)
      await this.half(everything)
      const firstRest = await this.rest()
      const secondHalf = await this.half(serversAlone)
      const secondRest = await this.rest()
      return await this.account({ secondHalf, rests: [firstRest, secondRest] })
    } finally {
      over.abort()
      await watching
    }
  }

  /** Pushes, changes by hand and kills at once; answers what the processes held meanwhile. */
  private async half(plan: KillPlan): Promise<Sample[]> {
    const { config, signal } = this.parts
    const samples: Sample[] = []
    const at = (everyMs: number) => ({ everyMs, forMs: config.halfMs, signal })
    await Promise.all([
      atPace(at(config.pushEveryMs), () => this.#pushes.push()),
      atPace(at(config.driftEveryMs), () => this.#drifts.drift()),
      atPace({ ...plan, signal }, (turn) => this.#kills.kill(plan, turn)),
      atPace(at(sampleEveryMs), async () => void samples.push(...this.sample())),
    ])
    return samples
  }

  /** Waits until all is over that was begun, and idle connections are let go; answers what the processes hold then. */
  private async rest(): Promise<Sample[]> {
    const { mesh, signal } = this.parts
    await mesh.untilReady(settleMs)
    await this.settle()
    await delay(lateWorkMs, undefined, { signal })
    const samples: Sample[] = []
    const pace = { everyMs: restSampleEveryMs, forMs: restMs, signal }
    await atPace(pace, async () => void samples.push(...sampleProcesses(mesh, this.seconds())))
    return samples
  }

  /** What does not come to an end in time is found by the account. */
  private async settle(): Promise<void> {
    const areSettled = () => this.stories().every(isSettled)
    await eventually(areSettled, { timeoutMs: settleMs, stepMs: 200, what: 'all objects at their last commit' }).catch(
      () => this.parts.tell('not everything that was pushed has come to its end in time'),
    )
  }

  private async account(held: Pick<Outcome, 'secondHalf' | 'rests'>): Promise<Outcome> {
    const accounts = this.stories().map(accountOf)
    const pushes = accounts.flatMap((account) => account.pushes)
    this.parts.tell(`looking up ${String(pushes.length)} traces`)
    const commits = pushes.map(({ commit }) => commit)
    const chains = missingChains(pushes, await readTraces(this.parts.driver, commits))
    const findings = [...accounts.flatMap((account) => account.findings), ...chains, ...this.#kills.crashes()]
    return {
      ...held,
      pushes,
      drifts: accounts.flatMap((account) => account.drifts),
      kills: this.#kills.all,
      toldAgain: this.#pushes.toldAgain,
      findings: [...findings, ...(await this.unhealthy())],
    }
  }

  private async unhealthy(): Promise<string[]> {
    const { driver, tenants } = this.parts
    const states = tenants.map(({ name }) =>
      driver
        .application(name, (one) => runsHealthy(one), 30_000)
        .then(
          () => [],
          () => [`${name}: is not Synced and Healthy at the end`],
        ),
    )
    return (await Promise.all(states)).flat()
  }

  private sample(): Sample[] {
    const samples = sampleProcesses(this.parts.mesh, this.seconds())
    this.parts.tell(formatProgress(this.seconds(), this.stories().map(accountOf), samples, this.#kills.all))
    return samples
  }

  private stories() {
    return this.parts.tenants.map(({ name }) => this.#ledger.of(name))
  }

  private seconds(): number {
    return (performance.now() - this.#began) / 1000
  }
}
