import fc from 'fast-check'
import type { ObjectRef } from '@k8or/contracts'
import type { Change } from '../plan/change'
import { describeAwaited, nextMove, type Gate, type Member } from './wave-gate'

const ref = (name: string, kind = 'Deployment', group = 'apps'): ObjectRef => ({
  ...{ group, version: 'v1', kind, namespace: 'shop', name },
})

const member = (name: string, wave: number, more: Partial<Member> & { cause?: Change['cause'] } = {}): Member => {
  const { cause = 'release', ...rest } = more
  const change: Change = { action: 'create', ref: ref(name), key: name, wave, cause, reason: '' }
  return { change, wave, isPending: false, gate: 'open', ...rest }
}

interface State {
  readonly wave: number
  readonly isApplied: boolean
  readonly pending: readonly boolean[]
  readonly gates: readonly Gate[]
}

const waves = [-1, -1, 0, 3]

/** Everything that may happen next to four objects in three waves: a step of ours, a verdict, or the loss of what was not stored. */
function successors(state: State): State[] {
  const { wave, isApplied, pending, gates } = state
  const move = moveOf(state)
  const verdicts = gates.flatMap((gate, at) =>
    pending[at] ? [] : others(gate).map((other): State => ({ ...state, gates: gates.with(at, other) })),
  )
  if (move.kind === 'apply') {
    const due = new Set(move.due.map(({ change }) => change.key))
    const after = (some: (at: number) => boolean): readonly boolean[] =>
      pending.map((is, at) => is && !(due.has(`o${at}`) && some(at)))
    // Killed in the middle, some of them are applied, and nobody wrote down how far it came.
    const killed = pending.flatMap((_, at) =>
      due.has(`o${at}`) ? [{ ...state, pending: after((one) => one === at) }] : [],
    )
    return [...verdicts, ...killed, { wave, isApplied: true, pending: after(() => true), gates }]
  }
  if (move.kind === 'enter') return [...verdicts, { ...state, wave: move.wave, isApplied: false }]
  return [...verdicts, ...(isApplied ? [{ ...state, isApplied: false }] : [])]
}

const others = (gate: Gate): Gate[] => (['open', 'unhealthy', 'degraded'] as const).filter((other) => other !== gate)

function moveOf({ wave, isApplied, pending, gates }: State) {
  const members = waves.map((own, at) =>
    member(`o${at}`, own, { isPending: pending[at] ?? false, gate: gates[at] ?? 'open' }),
  )
  return nextMove({ wave, isApplied }, members)
}

function reachable(): State[] {
  const begin: State = {
    ...{ wave: -1, isApplied: false, pending: waves.map(() => true) },
    gates: waves.map((): Gate => 'unhealthy'),
  }
  const known = new Map<string, State>()
  const open = [begin]
  for (let state = open.pop(); state; state = open.pop()) {
    const key = JSON.stringify(state)
    if (known.has(key)) continue
    known.set(key, state)
    open.push(...successors(state))
  }
  return [...known.values()]
}

describe('services/syncmaster/src/domain/sync/wave-gate', () => {
  it('A8.3 applies nothing of a wave unless all before it was applied and healthy at some time, whatever happens when', () => {
    const states = reachable()
    expect(states.length).toBeGreaterThan(100)
    for (const state of states) {
      const move = moveOf(state)
      const ofWave = waves.flatMap((wave, at) => (wave === state.wave ? [state.gates[at]] : []))
      const isLater = (at: number): boolean => (waves[at] ?? 0) > state.wave
      for (const at of waves.keys()) if (isLater(at)) expect(state.pending[at]).toBe(true)
      if (move.kind === 'enter' || move.kind === 'end') expect(ofWave.every((gate) => gate === 'open')).toBe(true)
      if (move.kind === 'end') expect(state.pending.some(Boolean)).toBe(false)
      if (move.kind === 'fail') expect(ofWave).toContain('degraded')
      if (move.kind === 'wait') expect(ofWave).toContain('unhealthy')
    }
  })

  it('A8.3 comes to its end from wherever it is, once all is healthy', () => {
    for (const state of reachable()) {
      let now: State = state
      for (let step = 0; step < 20 && moveOf(now).kind !== 'end'; step++) {
        const gates = now.gates.map((): Gate => 'open')
        now = successors({ ...now, gates }).at(-1)!
        if (moveOf(now).kind === 'apply') now = successors(now).at(-1)!
      }
      expect(moveOf({ ...now, gates: now.gates.map((): Gate => 'open') }).kind).toBe('end')
    }
  })

  it('A8.3 a wave that was left is not judged again, and what others change in it is not its matter', () => {
    const before = member('before', -1, { gate: 'degraded', isPending: true, cause: 'changed' })
    const own = member('own', 0, { gate: 'unhealthy', isPending: true, cause: 'deleted' })
    expect(nextMove({ wave: 0, isApplied: true }, [before, own])).toMatchObject({ kind: 'wait', awaited: [own] })
    expect(nextMove({ wave: 0, isApplied: false }, [before, own])).toMatchObject({ kind: 'apply', due: [own] })
  })

  it('A8.2 takes the waves in their order, none twice', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -9, max: 9 }), { minLength: 1 }), (numbers) => {
        const members = numbers.map((wave) => member(`w${wave}`, wave))
        const seen = [Math.min(...numbers)]
        for (;;) {
          const move = nextMove({ wave: seen.at(-1)!, isApplied: true }, members)
          if (move.kind !== 'enter') break
          seen.push(move.wave)
        }
        expect(seen).toEqual(numbers.toSorted((a, b) => a - b))
      }),
    )
  })

  it("A8.3 says in Argo CD's words what it waits for", () => {
    const web = member('web', 0, { gate: 'unhealthy' })
    expect(describeAwaited([web])).toBe('waiting for healthy state of apps/Deployment/web')
    expect(describeAwaited([web, web, web])).toBe(
      'waiting for healthy state of apps/Deployment/web and 2 more resources',
    )
    const old = { ...web, gate: 'terminating' as const }
    expect(describeAwaited([old])).toBe('waiting for deletion of apps/Deployment/web')
  })
})
