import { createContextKey, createContextValues, type ContextValues, type HandlerContext } from '@connectrpc/connect'

const peerKey = createContextKey('', { description: 'the caller' })

/** Who calls: the SPIFFE id of a service, `user:<name>` of a person, empty for nobody. */
export function peerOf(context: HandlerContext): string {
  return context.values.get(peerKey)
}

/** Context values that name the caller. */
export function valuesOf(peer: string): ContextValues {
  return createContextValues().set(peerKey, peer)
}

/** Names the person for whom AccessPoint passes a call on. */
export const actorHeader = 'k8or-actor'

/** For whom a call is made: the person whom AccessPoint names, else the caller itself. Nobody but AccessPoint is believed. */
export function actorOf(context: HandlerContext): string {
  const peer = peerOf(context)
  const named = context.requestHeader.get(actorHeader)
  return named !== null && peer.endsWith('/svc/accesspoint') ? named : peer
}
