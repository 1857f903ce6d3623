import { legible } from '@k8or/outcome'

const longestShown = 200

/** The answer to a call that nobody serves, in Connect's form. */
export function unknownCall(path: string): { readonly status: 404; readonly type: string; readonly body: Buffer } {
  const shown = legible(path.slice(0, longestShown))
  const message = `there is no call ${shown}: the service that answers may be older than who asks`
  return {
    status: 404,
    type: 'application/json',
    body: Buffer.from(JSON.stringify({ code: 'unimplemented', message })),
  }
}
