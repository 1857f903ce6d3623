import { nextDeclaration, saysMore } from '../../application/declaration'
import type { EndOfLook, Work } from '../work'

/** Lets the other services know what is declared: first the record, then the fact that it changed. */
export async function announceDeclaration(work: Work): Promise<EndOfLook | undefined> {
  const { account, application, ports, settings } = work
  if (application.problem !== undefined || application.deletedAt !== undefined) return undefined
  const next = nextDeclaration(application, settings.controlNamespace, account.declaration, work.now)
  const isKnown = !saysMore(next, account.declaration) && account.isAnnounced
  if (isKnown && !(await isBehind(work, next.releaseFloor))) return undefined
  const version = await account.saveDeclaration(next)
  await ports.announcer.declared(next, version)
  await account.saveAnnounced()
  return undefined
}

/** Whether the releases are those of before something that the hub remembers: they were restored from an older copy. */
async function isBehind({ account, ports, uid }: Work, releaseFloor = 0): Promise<boolean> {
  if (releaseFloor <= Math.max(account.sync?.release ?? 0, account.declaration?.releaseFloor ?? 0)) return false
  return ((await ports.releases.latest(uid))?.release ?? 0) < releaseFloor
}
