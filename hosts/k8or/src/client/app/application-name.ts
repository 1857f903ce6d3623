import { create } from '@bufbuild/protobuf'
import { ApplicationNameSchema, type ApplicationName } from '@k8or/contracts/rpc/syncmaster/v1/applications'

/** `shop`, or `team-a/shop` outside the control namespace. */
export function parseApplicationName(text: string): ApplicationName {
  const slash = text.indexOf('/')
  return create(ApplicationNameSchema, { namespace: text.slice(0, Math.max(slash, 0)), name: text.slice(slash + 1) })
}

/** The other way round. */
export function formatApplicationName(name: ApplicationName | undefined): string {
  if (name === undefined) return ''
  return name.namespace === '' ? name.name : `${name.namespace}/${name.name}`
}
