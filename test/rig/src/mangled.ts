import fc from 'fast-check'

type Path = readonly string[]
interface Change {
  readonly path: Path
  readonly how: 'replace' | 'remove' | 'add'
  readonly key: string
  readonly value: unknown
}

const hostile = fc.constantFrom<unknown>(
  ...['', '\0', '%', '%zz', '-o', '../..', '\u001b[2J', '\ud800', 'x'.repeat(5_000), ' ', '__proto__', 'https://%@h/'],
  ...[null, true, -1, 0.5, 1e300, 2 ** 53, [], {}, [[]], [null]],
)
const anything = fc.oneof(hostile, fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary' }))
const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'name', ''), fc.string())

/** A JSON value in which up to three things are not as they should be. */
export function mangled(value: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({
    path: fc.constantFrom(...pathsOf(value)),
    how: fc.constantFrom('replace', 'remove', 'add'),
    ...{ key, value: anything },
  }) as fc.Arbitrary<Change>
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((at, one) => changed(at, one.path, one), value))
}

function pathsOf(value: unknown): Path[] {
  if (!isCollection(value)) return [[]]
  return [[], ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner).map((path) => [name, ...path]))]
}

function changed(value: unknown, [first, ...rest]: Path, change: Change): unknown {
  if (first === undefined) {
    if (change.how !== 'add' || !isCollection(value)) return change.value
    return Array.isArray(value) ? [...(value as unknown[]), change.value] : withEntry(value, change.key, change.value)
  }
  if (!isCollection(value)) return value
  const entries = Object.entries(value)
    .filter(([name]) => name !== first || rest.length > 0 || change.how !== 'remove')
    .map(([name, inner]) => [name, name === first ? changed(inner, rest, change) : inner] as const)
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

/** As `JSON.parse` would make it: `__proto__` is a key like any other. */
function withEntry(value: object, name: string, inner: unknown): object {
  return Object.fromEntries([...Object.entries(value), [name, inner]])
}

function isCollection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
