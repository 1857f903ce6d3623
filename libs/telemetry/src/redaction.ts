const masked = '[redacted]'
const secretNames =
  /^(authorization|proxy-authorization|cookie|set-cookie|password|passphrase|secret|token|bearertoken|clientsecret|privatekey|sshprivatekey|tlsclientkey|keydata|x-gitlab-token)$/
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^/\s:@"]*:[^/\s@"]+@/gi
const maxDepth = 6

/** A copy of what is about to be logged without passwords, keys, tokens, and the values of Kubernetes Secrets. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return privateKey.test(value) ? masked : value
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value
  if (depth === maxDepth) return '[deeper]'
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  const isSecret = (value as { kind?: unknown }).kind === 'Secret'
  const entries = Object.entries(value).map(([name, held]) => {
    if (isSecret && (name === 'data' || name === 'stringData')) return [name, maskValues(held)]
    return [name, isSecretName(name) && held !== undefined ? masked : redact(held, depth + 1)]
  })
  return Object.fromEntries(entries) as Record<string, unknown>
}

/** A text in which no URL carries a password any more. */
export function redactUrls(text: string): string {
  return text.replace(userInfo, '$1***@')
}

function isSecretName(name: string): boolean {
  return secretNames.test(name.toLowerCase().replaceAll('_', ''))
}

function maskValues(held: unknown): unknown {
  if (typeof held !== 'object' || held === null) return masked
  return Object.fromEntries(Object.keys(held).map((name) => [name, masked]))
}
