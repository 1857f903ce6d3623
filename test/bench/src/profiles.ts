import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { repositoryRoot } from '@k8or/rig'
import { costsOf, type CallFrame, type Cost, type Profile, type Resolve, type Span } from './profile'

const mostRows = 25

/** Settings by which each process of a mesh writes a profile into a folder when it ends. */
export function profileInto(dir: string): Record<string, string> {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${dir}` }
}

/** The time now, on the clock that profiles are written by. */
export function profileClock(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

/** Where the processor time of all profiles of a folder went, a table for each span. */
export function formatProfiles(dir: string, spans: readonly Span[]): string {
  const profiles = readdirSync(dir).map((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')) as Profile)
  const resolveFrame = sourceResolver()
  return spans.map((span) => formatSpan(span, profiles, resolveFrame)).join('\n')
}

function formatSpan(span: Span, profiles: readonly Profile[], resolveFrame: Resolve): string {
  const totals = new Map<string, number>()
  for (const { where, seconds } of profiles.flatMap((profile) => costsOf(profile, span, resolveFrame)))
    totals.set(where, (totals.get(where) ?? 0) + seconds)
  const costs = [...totals].map(([where, seconds]) => ({ where, seconds })).sort((a, b) => b.seconds - a.seconds)
  return formatCosts(span.name, costs)
}

function formatCosts(name: string, costs: readonly Cost[]): string {
  const total = costs.reduce((sum, { seconds }) => sum + seconds, 0)
  const table = new Table({ head: [`${name}: where`, 'seconds', 'share'], style: { head: [], border: [] } })
  table.push(['all of it', total.toFixed(2), ''])
  for (const { where, seconds } of costs.slice(0, mostRows))
    table.push([where, seconds.toFixed(2), `${((100 * seconds) / total).toFixed(1)} %`])
  return table.toString()
}

/** Names functions of the bundle by the sources that they come from. */
function sourceResolver(): Resolve {
  const maps = new Map<string, SourceMap | undefined>()
  const seen = new Map<string, ReturnType<Resolve>>()
  return (frame) => {
    const key = `${frame.url}:${String(frame.lineNumber)}:${String(frame.columnNumber)}:${frame.functionName}`
    const named = seen.get(key) ?? nameFrame(frame, maps)
    seen.set(key, named)
    return named
  }
}

function nameFrame(frame: CallFrame, maps: Map<string, SourceMap | undefined>): ReturnType<Resolve> {
  const { url, functionName, lineNumber, columnNumber } = frame
  const called = functionName === '' ? '(anonymous)' : functionName
  const path = url.startsWith('file:') ? fileURLToPath(url) : url
  if (!maps.has(path)) maps.set(path, readMap(path))
  const entry = maps.get(path)?.findEntry(lineNumber, columnNumber)
  // What a bundler adds of its own comes from no file.
  if (!entry || !('originalSource' in entry) || !(entry.originalSource as string | undefined))
    return { where: path === '' ? called : path, isOurs: false }
  const source = relative(repositoryRoot, resolve(dirname(path), entry.originalSource))
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]
  if (dependency !== undefined) return { where: dependency, isOurs: false }
  return { where: `${source} ${called}`, isOurs: true }
}

function readMap(path: string): SourceMap | undefined {
  const file = `${path}.map`
  if (!path.startsWith('/') || !existsSync(file)) return undefined
  return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as ConstructorParameters<typeof SourceMap>[0])
}
