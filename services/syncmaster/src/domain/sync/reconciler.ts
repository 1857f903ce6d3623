import { bucketOf } from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import type { Ports } from '../ports'
import { reconcile } from './sync'
import { Memory, Work, type Settings } from './work'

/** Looks at one application at a time: a key names it, its state is read. */
export class Reconciler {
  readonly #memories = new Map<string, Memory>()

  constructor(
    private readonly ports: Ports,
    private readonly settings: Settings,
  ) {}

  /** @throws Later when it should be tried again */
  async consider(uid: string, signal: AbortSignal): Promise<void> {
    const { applications, buckets, accounts } = this.ports
    const lease = buckets.fenceOf(bucketOf(uid))
    if (lease === undefined) return
    if (!applications.isComplete()) throw new Later('the Applications of the hub are not known yet', 200)
    const application = applications.get(uid)
    if (!application) return this.#remove(uid)
    const account = await accounts.open(uid)
    await reconcile(new Work(application, account, this.#memoryOf(uid), lease, this.ports, this.settings, signal))
  }

  /** Another replica takes the application over. */
  release(uid: string): void {
    this.#memories.delete(uid)
    this.ports.accounts.close(uid)
  }

  /** The Application is gone from the hub: so is all that was remembered of it. Cut off anywhere, it is taken up again. */
  async #remove(uid: string): Promise<void> {
    const { accounts, announcer } = this.ports
    const account = await accounts.open(uid)
    if (account.isEmpty) {
      accounts.close(uid)
      return
    }
    // The declaration goes first: who hears the fact must not find it any more. The account goes last: it tells what is left to do.
    const leaving = await account.leave()
    if (leaving) await announcer.removed(leaving)
    await accounts.remove(uid)
    this.#memories.delete(uid)
  }

  #memoryOf(uid: string): Memory {
    const known = this.#memories.get(uid) ?? new Memory()
    this.#memories.set(uid, known)
    return known
  }
}
