import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const listening = '0A'

/**
 * Where the descriptors of each of some processes, by their ids, lead: a path, or the process at the other end of a
 * connection. One that has ended has none.
 */
export function descriptorsOf(pids: ReadonlyMap<string, number>): Map<string, string[]> {
  const links = new Map([...pids].map(([process, pid]) => [process, linksOf(pid)]))
  const sockets = socketNames(links)
  const named = (link: string): string => sockets.get(link) ?? kindOf(link)
  return new Map([...links].map(([process, own]) => [process, own.filter(isHeld).map(named)]))
}

/**
 * What there is more of in `after` than in `before`. Two things are not: the first connection between two processes, which
 * is opened when one has something to ask of the other, and kept; and of files that take turns the next one, which is
 * opened ahead of its turn.
 */
export function moreOf(before: readonly string[], after: readonly string[]): string[] {
  const known = Map.groupBy(before, (kind) => kind)
  return [...Map.groupBy(after, (kind) => kind)].flatMap(([kind, { length }]) => {
    const more = length - allowedOf(kind, known.get(kind)?.length ?? 0)
    return more > 0 ? [`${String(more)} ${kind}`] : []
  })
}

function allowedOf(kind: string, before: number): number {
  if (isConnection(kind)) return Math.max(before, 1)
  return takesTurns(kind) ? before + 1 : before
}

/** Pipes have numbers, and files that take turns, too. */
function kindOf(path: string): string {
  return path.replace(/\d+/g, '*')
}

function takesTurns(kind: string): boolean {
  return kind.startsWith('/') && kind.slice(kind.lastIndexOf('/')).includes('*')
}

function isConnection(kind: string): boolean {
  return kind.startsWith('connection ')
}

/** NATS opens the files of its streams when it needs them, and closes them when it has not for a while. */
function isHeld(path: string): boolean {
  return !path.endsWith('.blk')
}

function linksOf(pid: number): string[] {
  const dir = `/proc/${String(pid)}/fd`
  return orNothing(() => readdirSync(dir)).flatMap((name) => orNothing(() => [readlinkSync(`${dir}/${name}`)]))
}

// A process may end, and a descriptor be closed, while it is looked at.
function orNothing(read: () => string[]): string[] {
  try {
    return read()
  } catch {
    return []
  }
}

/** What sockets are, by the name that descriptors have for them. */
function socketNames(links: ReadonlyMap<string, readonly string[]>): Map<string, string> {
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(rowsOf)
  const processes = new Map([...links].flatMap(([process, own]) => own.map((link) => [link, process] as const)))
  // Of one port there are many rows, those of connections that were closed a moment ago included: these belong to nobody.
  const ends = new Map(
    rows.filter(({ link }) => processes.has(link)).map(({ local, link }) => [local, processes.get(link)]),
  )
  const served = new Set(rows.filter(({ state }) => state === listening).map(({ local }) => local))
  const nameOf = ({ local, remote, state }: SocketRow): string => {
    if (state === listening) return `port ${String(local)}`
    if (served.has(local)) return `connection from ${ends.get(remote) ?? 'elsewhere'}`
    return `connection to ${ends.get(remote) ?? `port ${String(remote)}`}`
  }
  return new Map(rows.map((row) => [row.link, nameOf(row)]))
}

interface SocketRow {
  readonly local: number
  readonly remote: number
  readonly state: string
  readonly link: string
}

// sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode (proc(5))
function rowsOf(path: string): SocketRow[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [, local = '', remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/)
    return { local: portOf(local), remote: portOf(remote), state, link: `socket:[${inode}]` }
  })
}

function portOf(address: string): number {
  return parseInt(address.slice(address.lastIndexOf(':') + 1), 16)
}
