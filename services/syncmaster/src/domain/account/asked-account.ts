import type { Account, AccountView } from './accounts'

/** An account as a question sees it. Only the owner of the bucket writes: what comes to light by asking, it finds itself. */
export class AskedAccount implements Account {
  constructor(private readonly stored: AccountView) {}

  get applied() {
    return this.stored.applied
  }

  get sync() {
    return this.stored.sync
  }

  get declaration() {
    return this.stored.declaration
  }

  get heals() {
    return this.stored.heals
  }

  get isAnnounced() {
    return this.stored.isAnnounced
  }

  get isEmpty() {
    return this.stored.isEmpty
  }

  noteDecision(): Promise<void> {
    return Promise.resolve()
  }

  endHeals(): void {
    return undefined
  }

  drop(): Promise<void> {
    return Promise.resolve()
  }

  remember(): Promise<never> {
    return refused()
  }

  saveSync(): Promise<never> {
    return refused()
  }

  saveHeals(): Promise<never> {
    return refused()
  }

  saveDeclaration(): Promise<never> {
    return refused()
  }

  saveAnnounced(): Promise<never> {
    return refused()
  }

  leave(): Promise<never> {
    return refused()
  }
}

function refused(): Promise<never> {
  return Promise.reject(new Error('a question may not write to the account of an application'))
}
