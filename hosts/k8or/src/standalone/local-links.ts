import type { Gate } from '@k8or/cluster-client'
import type { ServiceName } from '@k8or/contracts'
import type { Identity, RenewingIdentity } from '@k8or/identity'
import type { Bus } from '@k8or/jetstream'
import type { LocalCalls } from '@k8or/rpc'
import { untilConnected, type Links, type ShellConfig } from '@k8or/shell'
import type { Logger } from '@k8or/telemetry'
import { ownIdentity } from './own-identity'

/** Makes the gate of one service. */
export type GateFor = (identity: Identity) => Gate

/** The links of services that share a process. */
export class LocalLinks {
  readonly #open: { bus: Bus; identity: RenewingIdentity }[] = []

  constructor(
    private readonly config: ShellConfig,
    private readonly calls: LocalCalls,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {}

  /** The links of one service: its own certificate and connection to the bus. */
  async of(name: ServiceName, gateFor: GateFor): Promise<Links> {
    const identity = await ownIdentity(name, this.config, this.log)
    const bus = await untilConnected({ url: this.config.natsUrl, identity, holder: name, log: this.log }, this.signal)
    this.#open.push({ bus, identity })
    return {
      identity,
      bus,
      gate: gateFor(identity),
      calls: this.calls.as(identity.spiffeId),
      serve: (service, routes) => {
        this.calls.serve(service, routes)
        return Promise.resolve()
      },
      withdraw: (service) => {
        this.calls.withdraw(service)
        return Promise.resolve()
      },
    }
  }

  /** Closes what was opened. */
  async close(): Promise<void> {
    for (const { bus, identity } of this.#open.reverse()) {
      await bus.close()
      identity.stop()
    }
  }
}
