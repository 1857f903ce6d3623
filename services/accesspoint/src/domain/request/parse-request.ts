import { HostilePathError, type KubeRequest, type ResourceTarget, type Verb } from './kube-request'

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
const longestTarget = 16_384
/** Subresources that open a channel into a pod, a service or a node. */
const channels = new Set(['exec', 'attach', 'portforward', 'proxy'])
const token = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/
const printable = /^[\x21-\x7e]+$/

/**
 * Understands method, path and query of a call, and builds the path anew. What could mean one thing here and another
 * at the API server is refused.
 * @throws HostilePathError
 */
export function parseRequest(method: string, target: string): KubeRequest {
  if (!methods.has(method))
    throw new HostilePathError(`method ${method.slice(0, 20)} is not one of ${[...methods].join(', ')}`)
  if (target.length > longestTarget) throw new HostilePathError(`it is longer than ${longestTarget} characters`)
  if (!printable.test(target)) throw new HostilePathError('it holds characters that must be encoded')
  const { path, query } = splitTarget(target)
  const segments = path === '/' ? [] : path.slice(1).split('/').map(decodeSegment)
  const resource = readResource(segments)
  return {
    method,
    verb: verbOf(method, resource, query),
    resource,
    path: `/${segments.map(encodeSegment).join('/')}`,
    query,
  }
}

function splitTarget(target: string): { path: string; query: URLSearchParams } {
  if (!target.startsWith('/')) throw new HostilePathError('it must begin with one slash')
  if (target.includes('#')) throw new HostilePathError('it has a fragment')
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const text = mark < 0 ? '' : target.slice(mark + 1)
  if (path !== '/' && path.endsWith('/')) throw new HostilePathError('it ends with a slash')
  // Parsers differ on a semicolon: a separator for some, a character for others.
  if (text.includes(';')) throw new HostilePathError('its query holds a semicolon that is not encoded')
  return { path, query: readQuery(text) }
}

/** A parameter that is given twice means its first value at the API server, perhaps not everywhere: only that is kept. */
function readQuery(text: string): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of new URLSearchParams(text)) if (!query.has(name)) query.set(name, value)
  const watch = query.get('watch')
  if (watch !== null && /^(0|false)$/i.test(watch)) query.delete('watch')
  else if (watch !== null) query.set('watch', 'true')
  return query
}

function decodeSegment(raw: string): string {
  if (raw === '') throw new HostilePathError('it has an empty segment')
  if (/%2e|%2f|%5c|%25|%00/i.test(raw) || raw.includes('\\'))
    throw new HostilePathError(`segment ${raw} hides a separator`)
  const decoded = decodeOnce(raw)
  if (decoded === '.' || decoded === '..') throw new HostilePathError('it has a dot segment')
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f/\\%?#]/.test(decoded))
    throw new HostilePathError(`segment ${raw} holds a character that no name has`)
  return decoded
}

function decodeOnce(raw: string): string {
  try {
    return decodeURIComponent(raw)
  } catch {
    throw new HostilePathError(`segment ${raw} is not UTF-8`)
  }
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%3A', ':').replaceAll('%40', '@')
}

function readResource(segments: readonly string[]): ResourceTarget | undefined {
  const [root, ...rest] = segments
  if (root === 'api' && rest.length >= 2) return readInVersion('', rest[0] ?? '', rest.slice(1))
  if (root === 'apis' && rest.length >= 3) return readInVersion(rest[0] ?? '', rest[1] ?? '', rest.slice(2))
  return undefined
}

function readInVersion(group: string, version: string, rest: readonly string[]): ResourceTarget {
  if (!/^v[0-9a-z]+$/.test(version)) throw new HostilePathError(`${version} is not a version of an API`)
  if (group !== '' && !token.test(group)) throw new HostilePathError(`${group} is not a group of an API`)
  const [first = '', second = '', third = '', ...more] = rest
  // The forms that Kubernetes gave up name the verb in the path.
  if (first === 'watch' || first === 'proxy')
    throw new HostilePathError(`/${first}/ in a path is a form that is no longer served`)
  const isNamespaceItself = group === '' && (third === 'status' || third === 'finalize')
  const within = first === 'namespaces' && third !== '' && !isNamespaceItself
  const [plural, name, subresource, ...deeper] = within ? [third, ...more] : rest
  if (within && !token.test(second)) throw new HostilePathError(`${second} is not the name of a namespace`)
  if (plural === undefined || !token.test(plural)) throw new HostilePathError(`${plural ?? ''} is not a resource`)
  if (deeper.length > 0 && subresource !== 'proxy') throw new HostilePathError('it goes deeper than a subresource')
  return {
    group,
    version,
    plural,
    namespace: within ? second : '',
    name: name ?? '',
    subresource: subresource ?? '',
  }
}

function verbOf(method: string, resource: ResourceTarget | undefined, query: URLSearchParams): Verb {
  if (!resource) return method === 'GET' ? 'get' : 'other'
  if (channels.has(resource.subresource)) return 'other'
  const isNamed = resource.name !== ''
  switch (method) {
    case 'GET':
      if (query.has('watch')) return 'watch'
      return isNamed ? 'get' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    default:
      return isNamed ? 'delete' : 'deletecollection'
  }
}
