/** Names under which clouds answer with the credentials of the machine. */
const metadataHosts = new Set(['metadata.google.internal', 'metadata', 'instance-data'])

/** Why no connection to a host may be opened, by its name alone. */
export function refusedHost(host: string): string | undefined {
  return metadataHosts.has(host.replace(/\.$/, '')) ? 'it is the metadata service of a cloud' : undefined
}

/** Why no connection to an address may be opened: a declaration must not reach the mesh's own machine or its cloud. */
export function refusedAddress(address: string, { allowLoopback }: { allowLoopback: boolean }): string | undefined {
  const bytes = address.includes(':') ? mappedIpv4(parseIpv6(address)) : parseIpv4(address)
  if (bytes === undefined) return 'it is not an address'
  const kind = bytes.length === 4 ? kindOfIpv4(bytes) : kindOfIpv6(bytes)
  if (kind === undefined || (kind === 'a loopback address' && allowLoopback)) return undefined
  return `${address} is ${kind}`
}

function kindOfIpv4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string | undefined {
  if (a === 127) return 'a loopback address'
  if (a === 0) return 'an unspecified address'
  if (a === 169 && b === 254) return 'a link-local address'
  if (a === 100 && b === 100 && c === 100 && d === 200) return 'the metadata service of a cloud'
  return a >= 224 ? 'a multicast or reserved address' : undefined
}

function kindOfIpv6(bytes: readonly number[]): string | undefined {
  const text = Buffer.from(bytes).toString('hex')
  if (text === '00000000000000000000000000000001') return 'a loopback address'
  if (/^0+$/.test(text)) return 'an unspecified address'
  if (text === 'fd000ec2000000000000000000000254') return 'the metadata service of a cloud'
  if (/^fe[89ab]/.test(text)) return 'a link-local address'
  return text.startsWith('ff') ? 'a multicast address' : undefined
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.').map(Number)
  return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255) ? parts : undefined
}

function parseIpv6(text: string): number[] | undefined {
  const [head = '', tail, ...rest] = (text.split('%')[0] ?? '').split('::')
  if (rest.length > 0) return undefined
  const [before, after] = [groupBytes(head), groupBytes(tail ?? '')]
  if (!before || !after) return undefined
  const missing = 16 - before.length - after.length
  if (missing < 0 || (tail === undefined && missing !== 0)) return undefined
  return [...before, ...new Array<number>(missing).fill(0), ...after]
}

function groupBytes(text: string): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  for (const group of text.split(':')) {
    const own = group.includes('.') ? parseIpv4(group) : hexGroup(group)
    if (!own) return undefined
    bytes.push(...own)
  }
  return bytes
}

function hexGroup(group: string): number[] | undefined {
  if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined
  const value = parseInt(group, 16)
  return [value >> 8, value & 255]
}

/** An IPv4 address in the clothes of IPv6 (mapped, translated by NAT64, 6to4) is judged as what it is. */
function mappedIpv4(bytes: number[] | undefined): number[] | undefined {
  if (!bytes) return undefined
  const text = Buffer.from(bytes).toString('hex')
  if (/^0{20}ffff/.test(text) || text.startsWith('0064ff9b0000000000000000')) return bytes.slice(12)
  if (text.startsWith('2002')) return bytes.slice(2, 6)
  return /^0{24}/.test(text) && !/^0{31}[01]$/.test(text) ? bytes.slice(12) : bytes
}
