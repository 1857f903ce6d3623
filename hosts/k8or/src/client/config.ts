import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from './errors'

/** How the mesh is reached: flags win over the environment, the environment over `.run/mesh.env` of the present directory. */
export interface ConnectionFlags {
  readonly url?: string
  readonly ca?: string
  readonly token?: string
}

/** An address, the authority to trust and who asks. */
export interface Connection {
  readonly url: string
  /** PEM; absent where the system's authorities are meant. */
  readonly ca: string | undefined
  readonly token: string
}

type Names = Readonly<Record<string, string | undefined>>

/**
 * Finds out how to reach the mesh.
 * @throws CommandError when something is missing
 */
export function loadConnection(
  flags: ConnectionFlags,
  env: Names = process.env,
  directory = process.cwd(),
): Connection {
  const file = needsFile(flags, env) ? readMeshFile(join(directory, '.run', 'mesh.env')) : {}
  const pick = (flag: string | undefined, name: string) => flag ?? nonEmpty(env[name]) ?? nonEmpty(file[name])
  const url = pick(flags.url, 'K8OR_URL')
  const token = pick(flags.token, 'K8OR_TOKEN')
  const ca = pick(flags.ca, 'K8OR_CA')
  if (url === undefined)
    throw new CommandError(
      'no mesh to talk to',
      'set K8OR_URL, K8OR_CA and K8OR_TOKEN, or run `make up` and stay in its directory',
    )
  if (!URL.canParse(url) || !url.startsWith('https://'))
    throw new CommandError(`${url} is no https address`, 'K8OR_URL is like https://localhost:8443')
  if (token === undefined) throw new CommandError(`no token for ${url}`, 'set K8OR_TOKEN, or pass --token')
  if (/[^\x21-\x7e]/.test(token))
    throw new CommandError('the token has a line break, a space or the like in it', 'set K8OR_TOKEN to the token alone')
  return { url: url.replace(/\/+$/, ''), token, ca: ca === undefined ? undefined : readAuthority(ca) }
}

function needsFile(flags: ConnectionFlags, env: Names): boolean {
  return !(flags.url ?? nonEmpty(env['K8OR_URL'])) || !(flags.token ?? nonEmpty(env['K8OR_TOKEN']))
}

/** A file of lines `NAME=value`; nothing when it is not there. */
function readMeshFile(path: string): Names {
  try {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.includes('=') && !line.startsWith('#'))
    return Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf('=')).trim(),
        unquoted(line.slice(line.indexOf('=') + 1).trim()),
      ]),
    )
  } catch {
    return {}
  }
}

function readAuthority(path: string): string {
  const text = readText(path)
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new CommandError(`${path} is no certificate`, 'K8OR_CA names the file ca.crt of the mesh')
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CommandError(
      `the certificate authority ${path} can not be read`,
      'K8OR_CA names the file ca.crt of the mesh',
      { cause },
    )
  }
}

function unquoted(value: string): string {
  if (/^'.*'$/.test(value)) return value.slice(1, -1).replaceAll("'\\''", "'")
  return /^".*"$/.test(value) ? value.slice(1, -1) : value
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
