import type { Audit } from '../../domain/ports'
import { recordOutside } from './record-outside'

/** Puts on record who stopped what and why, and who let it go on. */
export class StopJournal {
  constructor(private readonly audit: Audit) {}

  note(what: 'Raise' | 'Lift', cluster: string, by: { readonly actor: string; readonly reason: string }): void {
    recordOutside(this.audit, Date.now(), {
      caller: by.actor,
      method: 'POST',
      target: `/k8or.accesspoint.v1.Stops/${what}`,
      outcome: 'allowed',
      rule: `emergency-stop:${cluster === '' ? 'mesh' : cluster}`,
      reason: by.reason,
    })
  }
}
