import { nextDeclaration, saysMore } from '../../application/declaration'
import type { EndOfLook, Work } from '../work'

/** Lets the other services know what is declared: first the record, then the fact that it changed. */
export async function announceDeclaration(work: Work): Promise<EndOfLook | undefined> {
  const { account, application, ports, settings } = work
  if (application.problem !== undefined || application.deletedAt !== undefined) return undefined
  const next = nextDeclaration(application, settings.controlNamespace, account.declaration)
  if (!saysMore(next, account.declaration) && account.isAnnounced) return undefined
  const version = await account.saveDeclaration(next)
  await ports.announcer.declared(next, version)
  await account.saveAnnounced()
  return undefined
}
