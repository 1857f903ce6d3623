import { Later, Never } from '@k8or/outcome'
import { request } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import { z } from 'zod'

const Signed = z.object({ certificate: z.string().min(1) })
const Refused = z.object({ code: z.string().default('unknown'), message: z.string().default('') })
const path = '/k8or.accesspoint.v1.Certificates/Sign'
const timeoutMs = 10_000

/** What is asked of `k8or.accesspoint.v1.Certificates/Sign`. */
export interface SignRequest {
  readonly service: string
  readonly csr: string
  readonly token?: string
}

interface Answer {
  readonly status: number
  readonly body: string
}

/**
 * Asks AccessPoint for a certificate; answers PEM. Plain JSON over HTTPS: who has no identity yet has no RPC client either.
 * @throws Later when AccessPoint can not be reached, Never when it refuses
 */
export async function callSign(accessPointUrl: string, tls: ConnectionOptions, message: SignRequest): Promise<string> {
  const answer = await post(new URL(path, accessPointUrl), tls, JSON.stringify(message)).catch((cause: unknown) => {
    throw new Later(`reach AccessPoint at ${accessPointUrl}`, undefined, { cause })
  })
  if (answer.status === 200) return Signed.parse(JSON.parse(answer.body)).certificate
  const { code, message: reason } = Refused.parse(parse(answer.body))
  const text = `AccessPoint signed no certificate for ${message.service}: ${reason || code} (${answer.status})`
  if (answer.status >= 500 || answer.status === 429) throw new Later(text)
  throw new Never(message.token === undefined ? text : `${text}; make a new token with k8or bootstrap --pki`)
}

function post(url: URL, tls: ConnectionOptions, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const call = request(url, { ...tls, method: 'POST', headers, agent: false, timeout: timeoutMs }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      response.on('error', reject)
    })
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    call.on('error', reject)
    call.end(body)
  })
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return { message: body.slice(0, 200) }
  }
}
