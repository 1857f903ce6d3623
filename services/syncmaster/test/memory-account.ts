import type { AppliedRecord, ApplicationRecord } from '@k8or/contracts'
import type { Account, Leaving } from '../src/domain/account/accounts'
import type { OpenHeal } from '../src/domain/drift/open-heal'
import type { SyncPointer } from '../src/domain/sync/sync-pointer'

/** What was written about an application. */
export interface Stored {
  readonly applied: Map<string, AppliedRecord>
  sync: SyncPointer | undefined
  declaration: ApplicationRecord | undefined
  leaving: Leaving | undefined
  announced: number
  version: number
  decisions: string[]
  heals: readonly OpenHeal[]
}

/** Nothing was written yet. */
export const nothingStored = (): Stored => ({
  ...{ applied: new Map(), announced: 0, version: 0, decisions: [], heals: [] },
  ...{ sync: undefined, declaration: undefined, leaving: undefined },
})

/** What a process knows of an application. */
export type MemoryAccount = Account & { readonly applied: Map<string, AppliedRecord> }

/** A call that leaves the process, at which it may die. */
export type Call = <Answer>(act: () => Answer) => Answer

/** Memory first, then what lasts: a process that dies between the two has lost the change. */
export function memoryAccount(stored: Stored, call: Call): MemoryAccount {
  const applied = new Map(stored.applied)
  let sync = stored.sync
  let heals = stored.heals
  const store = async (act: () => void): Promise<void> => call(act)
  return {
    applied,
    get sync() {
      return sync
    },
    get declaration() {
      return stored.declaration
    },
    get heals() {
      return heals
    },
    get isAnnounced() {
      return stored.announced === stored.version && stored.version > 0
    },
    get isEmpty() {
      return stored.version === 0 && applied.size === 0 && stored.decisions.length === 0
    },
    remember: (key, record) => {
      applied.set(key, record)
      return store(() => void stored.applied.set(key, record))
    },
    drop: (key) => {
      applied.delete(key)
      return store(() => void stored.applied.delete(key))
    },
    saveSync: (pointer) => {
      sync = pointer
      return store(() => void (stored.sync = pointer))
    },
    noteDecision: (decision, reason) =>
      store(() => {
        stored.decisions.push(`${decision}: ${reason}`)
        stored.heals = heals
      }),
    saveHeals: (open) => {
      heals = open
      return store(() => void (stored.heals = open))
    },
    endHeals: (told) => void (heals = heals.filter((heal) => !told.includes(heal))),
    saveDeclaration: async (record) => {
      await store(() => {
        stored.declaration = record
        stored.version++
      })
      return stored.version
    },
    saveAnnounced: () => store(() => void (stored.announced = stored.version)),
    leave: () => leave(stored, call),
  }
}

async function leave(stored: Stored, call: Call): Promise<Leaving | undefined> {
  const { declaration } = stored
  if (declaration) {
    call(() => void (stored.leaving = { ref: declaration.ref, token: declaration.token }))
    call(() => void (stored.declaration = undefined))
  }
  return stored.leaving
}
