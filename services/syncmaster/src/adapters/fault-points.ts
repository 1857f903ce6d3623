/** What SyncMaster does that follows from no contract, as fault points: changes of objects and of Applications, and its waits. */
export const faultPoints: readonly string[] = [
  'syncmaster/object/apply/after',
  'syncmaster/object/delete/after',
  'syncmaster/application/patch/after',
  'syncmaster/wait/reconcile/after',
  'syncmaster/removal/APPLICATIONS/after',
  'syncmaster/removal/APPLIED/after',
  'syncmaster/removal/DECISIONS/after',
  'syncmaster/removal/LEASES/after',
]
