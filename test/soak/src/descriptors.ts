import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const listening = '0A'

/** Where the descriptors of a process lead: a path, or for a connection the port that it is to or at; one that was closed meanwhile leads nowhere. */
export function openedBy(pid: number): string[] {
  const dir = `/proc/${String(pid)}/fd`
  const sockets = socketsOf(pid)
  return readdirSync(dir)
    .flatMap((descriptor) => linkAt(`${dir}/${descriptor}`))
    .map((link) => sockets.get(link) ?? link)
    .filter((path) => !isBlockOfStream(path))
}

/** What is there in `after` that is not there in `before`, by how much more of it. */
export function moreOf(before: readonly string[], after: readonly string[]): string[] {
  const known = Map.groupBy(before, (kind) => kind)
  return [...Map.groupBy(after, (kind) => kind)].flatMap(([kind, { length }]) => {
    const more = length - (known.get(kind)?.length ?? 0)
    return more > 0 ? [`${String(more)} ${kind}`] : []
  })
}

function linkAt(path: string): string[] {
  try {
    return [readlinkSync(path)]
  } catch {
    return []
  }
}

/** NATS opens the files of its streams when it needs them, and closes them when it has not for a while. */
function isBlockOfStream(path: string): boolean {
  return path.endsWith('.blk')
}

/** What the sockets of a process are, by the name that its descriptors have for them. */
function socketsOf(pid: number): Map<string, string> {
  const rows = ['tcp', 'tcp6'].flatMap((protocol) => rowsOf(`/proc/${String(pid)}/net/${protocol}`))
  const served = new Set(rows.filter(({ state }) => state === listening).map(({ local }) => local))
  return new Map(rows.map((row) => [`socket:[${row.inode}]`, nameOf(row, served)]))
}

function nameOf({ local, remote, state }: SocketRow, served: ReadonlySet<number>): string {
  if (state === listening) return `listening at ${String(local)}`
  return served.has(local) ? `tcp from a client of ${String(local)}` : `tcp to ${String(remote)}`
}

interface SocketRow {
  readonly local: number
  readonly remote: number
  readonly state: string
  readonly inode: string
}

// sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode (proc(5))
function rowsOf(path: string): SocketRow[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [, local = '', remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/)
    return { local: portOf(local), remote: portOf(remote), state, inode }
  })
}

function portOf(address: string): number {
  return parseInt(address.slice(address.lastIndexOf(':') + 1), 16)
}
