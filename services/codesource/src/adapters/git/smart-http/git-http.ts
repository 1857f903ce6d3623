import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { PacketReader, packets, textOf, type Packet } from './pkt-line'

const silenceMs = 15_000
/** A host that sends a byte now and then is never silent. */
const advertisedMs = 30_000
const advertisedBytes = 1 << 20
const refsBytes = 64 << 20
const reportBytes = 1 << 20

/** What a host has: refs with their objects, and what HEAD points to. */
export interface RemoteRefs {
  readonly refs: ReadonlyMap<string, string>
  readonly head: string | undefined
}

/** What a host says of a push: its report by lines, and what its hooks told people. */
export interface PushReport {
  readonly lines: readonly string[]
  readonly words: string
}

/** The host answers otherwise than this client understands; git is asked to do it instead. */
export class NotUnderstoodError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotUnderstoodError'
  }
}

/** What answers is no git host: a page that asks people to sign in, or to wait. Git would take it for an empty repository. */
export class NoGitHostError extends Error {
  constructor(what: string) {
    super(`it answers with ${what}, as no git host does`)
    this.name = 'NoGitHostError'
  }
}

/** The host refuses, is ill, or points elsewhere: git has the words for it. */
export class StatusError extends Error {
  constructor(
    readonly status: number,
    /** Where the host says that the repository is. */
    readonly location: string | undefined,
  ) {
    super(`the host answers with status ${status}`)
    this.name = 'StatusError'
  }
}

/** The host took the question and says nothing, or does not come to an end. */
export class SilentHostError extends Error {
  constructor() {
    super('the host is silent')
    this.name = 'SilentHostError'
  }
}

/** Where a repository is, and as whom it is asked. */
export interface GitHttpOptions {
  readonly url: string
  readonly agent: Agent
  readonly authorization: string | undefined
}

/** Speaks git's protocol over HTTP: what a fetch by version 2 and a push of one ref need, and nothing else. */
export class GitHttp {
  constructor(private readonly options: GitHttpOptions) {}

  /**
   * @throws NotUnderstoodError where the host does not speak version 2
   * @throws SilentHostError where it does not say in time what it speaks
   */
  async checkVersion(signal: AbortSignal): Promise<void> {
    const late = AbortSignal.timeout(advertisedMs)
    const lines = await this.advertised(AbortSignal.any([signal, late])).catch((error: unknown) => {
      throw late.aborted && !signal.aborted ? new SilentHostError() : error
    })
    const isSpoken = lines.includes('version 2') && ['ls-refs', 'fetch'].every((command) => isOffered(lines, command))
    const format = lines.find((line) => line.startsWith('object-format='))
    if (!isSpoken || (format !== undefined && format !== 'object-format=sha1'))
      throw new NotUnderstoodError('the host does not speak version 2 of the protocol')
  }

  /** The refs that begin with one of the prefixes. */
  async listRefs(prefixes: readonly string[], signal: AbortSignal): Promise<RemoteRefs> {
    const asked = prefixes.map((prefix) => `ref-prefix ${prefix}`)
    const body = packets('command=ls-refs', 'delimiter', 'symrefs', ...asked, 'flush')
    const refs = new Map<string, string>()
    let head: string | undefined
    await readPackets(await this.post(body, signal), refsBytes, (packet) => {
      const [, id, ref = '', more = ''] = Buffer.isBuffer(packet) ? (refLine.exec(textOf(packet)) ?? []) : []
      if (ref === 'HEAD') head = /symref-target:(\S+)/.exec(more)?.[1]
      else if (id !== undefined) refs.set(ref, id)
    })
    return { refs, head }
  }

  /** Hands on the pack of what is wanted and not had. */
  async fetchPack(
    wants: readonly string[],
    haves: readonly string[],
    onPack: (chunk: Buffer) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const lists = [...wants.map((id) => `want ${id}`), ...haves.map((id) => `have ${id}`)]
    const body = packets(
      'command=fetch',
      'delimiter',
      'thin-pack',
      'ofs-delta',
      'no-progress',
      ...lists,
      'done',
      'flush',
    )
    const pack = { hasBegun: false, isComplete: false }
    await readPackets(await this.post(body, signal), Infinity, (packet) => {
      if (packet === 'flush') pack.isComplete = pack.hasBegun
      else if (!pack.hasBegun) pack.hasBegun = Buffer.isBuffer(packet) && textOf(packet) === 'packfile'
      else if (Buffer.isBuffer(packet)) takeBand(packet, onPack)
    })
    if (!pack.isComplete) throw new NotUnderstoodError('the pack is not complete')
  }

  /** Hands over objects and asks for one ref to be moved; answers the host's report and what it told people. */
  async pushPack(command: string, pack: Buffer, signal: AbortSignal): Promise<PushReport> {
    const head = Buffer.from(packets(`${command}\0report-status side-band-64k agent=git/k8or`, 'flush'))
    const answer = await this.send('POST', '/git-receive-pack', Buffer.concat([head, pack]), signal, 'receive-pack')
    const report = { lines: [] as string[], words: '' }
    const inner = new PacketReader()
    const take = (packet: Packet) => Buffer.isBuffer(packet) && report.lines.push(textOf(packet))
    await readPackets(answer, reportBytes, (packet) => {
      if (!Buffer.isBuffer(packet)) return
      if (packet[0] === 1) inner.take(packet.subarray(1), take)
      else if (packet[0] === 2) report.words += packet.toString('utf8', 1)
      else throw new NotUnderstoodError(`the host ends the push: ${textOf(packet.subarray(1))}`)
    })
    return report
  }

  private async advertised(signal: AbortSignal): Promise<readonly string[]> {
    const lines: string[] = []
    const answer = await this.send('GET', '/info/refs?service=git-upload-pack', undefined, signal)
    await readPackets(answer, advertisedBytes, (packet) => Buffer.isBuffer(packet) && lines.push(textOf(packet)))
    return lines
  }

  private post(body: string, signal: AbortSignal): Promise<IncomingMessage> {
    return this.send('POST', '/git-upload-pack', body, signal)
  }

  private send(
    method: string,
    path: string,
    body: string | Buffer | undefined,
    signal: AbortSignal,
    service: 'upload-pack' | 'receive-pack' = 'upload-pack',
  ): Promise<IncomingMessage> {
    const { url, agent, authorization } = this.options
    const kind = `application/x-git-${service}`
    const headers = {
      ...(service === 'upload-pack' ? { 'git-protocol': 'version=2' } : {}),
      'user-agent': 'git/k8or',
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': `${kind}-request`, 'content-length': Buffer.byteLength(body) }),
    }
    const request = url.startsWith('https:') ? httpsRequest : httpRequest
    return new Promise((resolve, reject) => {
      const sent = request(`${url.replace(/\/+$/, '')}${path}`, { method, headers, agent, signal, timeout: silenceMs })
      sent.once('timeout', () => sent.destroy(new SilentHostError()))
      sent.once('error', reject)
      sent.once('response', (answer) => {
        const wrong = problemOf(answer, body === undefined ? `${kind}-advertisement` : `${kind}-result`)
        if (!wrong) return resolve(answer)
        answer.resume()
        reject(wrong)
      })
      sent.end(body)
    })
  }
}

function problemOf({ statusCode = 0, headers }: IncomingMessage, wantedType: string): Error | undefined {
  if (statusCode !== 200) return new StatusError(statusCode, headers.location)
  const type = headers['content-type'] ?? 'nothing'
  if (type === wantedType) return undefined
  return /^(text|application)\/(x?html|xhtml\+xml|json)\b/.test(type)
    ? new NoGitHostError(type)
    : new NotUnderstoodError(`the host answers with ${type}`)
}

const refLine = /^([0-9a-f]{40}|unborn) (\S+)(.*)$/

function isOffered(lines: readonly string[], command: string): boolean {
  return lines.some((line) => line === command || line.startsWith(`${command}=`))
}

/** Band 1 is the pack, 2 is for people, 3 is an error. */
function takeBand(packet: Buffer, onPack: (chunk: Buffer) => void): void {
  const band = packet[0]
  if (band === 1) onPack(packet.subarray(1))
  else if (band !== 2) throw new NotUnderstoodError(`the host ends the fetch: ${textOf(packet.subarray(1))}`)
}

async function readPackets(answer: IncomingMessage, most: number, onPacket: (packet: Packet) => void): Promise<void> {
  const reader = new PacketReader()
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > most) throw new NotUnderstoodError('the answer is too long')
    reader.take(chunk, onPacket)
  }
  if (!reader.isEmpty || !answer.complete) throw new NotUnderstoodError('the answer is cut off')
}
