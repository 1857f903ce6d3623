import type { ApplicationRef, HealthRecord } from '@k8or/contracts'
import { Account, rememberSync, type LastSync } from './account'

/** An application and the cluster that its destination names. */
export interface Declared {
  readonly application: ApplicationRef
  readonly token: string
  readonly cluster: string
}

/** The newest sync of an application. */
export interface Recalled extends LastSync {
  readonly application: string
}

/** The accounts of all applications. */
export class Accounts {
  readonly #open = new Map<string, Account>()
  readonly #recalled = new Map<string, LastSync>()
  readonly #forgotten = new Set<string>()

  /** Takes over what was synced before a restart, for the accounts that are opened from now on. */
  recall(syncs: readonly Recalled[]): void {
    for (const sync of syncs) this.#recalled.set(sync.application, rememberSync(sync))
  }

  /** Opens an account, over what was written of the application on that cluster; undefined where it stands so already. */
  open({ application, token, cluster }: Declared, rows: readonly HealthRecord[], now: number): Account | undefined {
    const known = this.#open.get(application.uid)
    if (known?.cluster === cluster && known.application.project === application.project) return undefined
    const account = new Account(application, token, cluster)
    account.lastSync = known?.lastSync ?? this.#recalled.get(application.uid)
    account.owesVerdict = known?.owesVerdict ?? false
    account.restore(rows, now)
    this.#open.set(application.uid, account)
    return account
  }

  /** The application is gone. */
  close(application: string): void {
    this.#open.delete(application)
    this.#forgotten.add(application)
  }

  /** Whether there was such an application, and is no more. */
  isForgotten(application: string): boolean {
    return this.#forgotten.has(application)
  }

  all(): Account[] {
    return [...this.#open.values()]
  }

  of(application: string): Account | undefined {
    return this.#open.get(application)
  }

  /** The account of an application while its destination is this cluster. */
  on(cluster: string, application: string): Account | undefined {
    const account = application === '' ? undefined : this.#open.get(application)
    return account?.cluster === cluster ? account : undefined
  }

  allOn(cluster: string): Account[] {
    return this.all().filter((account) => account.cluster === cluster)
  }
}
