import type { ServiceName } from '@k8or/contracts'
import { eventually } from '../eventually'
import type { ManagedProcess, ProcessNews } from '../process/managed-process'
import { allOrFirstError } from './all-or-first-error'
import type { MeshLayout } from './layout'
import { isMeshReady, meshProcess, meshProcessNames } from './program'
import { replicaProcess } from './replica'

/** The processes of a mesh: its services, in as many as they run, and the bus that they share. */
export class MeshProcesses {
  readonly all = new Map<string, ManagedProcess>()
  readonly #services: ManagedProcess[] = []

  constructor(
    private readonly layout: MeshLayout,
    private readonly newsOf: (name: string) => ProcessNews,
  ) {}

  keep(process: ManagedProcess): void {
    this.all.set(process.name, process)
  }

  async startServices(): Promise<void> {
    const processes = meshProcessNames(this.layout).map((name) => meshProcess(this.layout, name, this.newsOf(name)))
    await allOrFirstError(processes.map((process) => this.startService(process)))
  }

  async addReplica(service: ServiceName): Promise<ManagedProcess> {
    const count = this.#services.filter(({ name }) => name === service || name.startsWith(`${service}-`)).length
    const name = `${service}-${count + 1}`
    return this.startService(await replicaProcess(this.layout, service, name, this.newsOf(name)))
  }

  kill(name: string, signal?: NodeJS.Signals): void {
    const found = this.all.get(name)
    if (!found) throw new Error(`no process is called ${name}: there are ${[...this.all.keys()].join(', ')}`)
    found.kill(signal)
  }

  killServices(): void {
    for (const process of this.#services) process.kill()
  }

  async untilReady(timeoutMs: number): Promise<void> {
    for (const name of meshProcessNames(this.layout))
      await eventually(() => isMeshReady(this.layout, name), { timeoutMs, what: `${name} ready` })
  }

  pids(): number[] {
    return [...this.all.values()].map((process) => process.pid)
  }

  /** The services first: they end in order only with the bus. */
  async stop(): Promise<void> {
    const bus = [...this.all.values()].filter((process) => !this.#services.includes(process))
    for (const processes of [this.#services, bus]) await Promise.all(processes.map((process) => process.stop()))
  }

  private startService(process: ManagedProcess): Promise<ManagedProcess> {
    this.keep(process)
    this.#services.push(process)
    return process.start()
  }
}
