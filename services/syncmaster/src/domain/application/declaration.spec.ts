import type { ApplicationRecord } from '@k8or/contracts'
import { parseApplication } from './application'
import { nextDeclaration, saysMore } from './declaration'

const now = '2026-01-03T00:00:00.000Z'

const declaredWith = (history: readonly object[], held?: number, known?: ApplicationRecord, at = now) =>
  nextDeclaration(
    parseApplication({
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
      metadata: {
        ...{ name: 'shop', namespace: 'argocd', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
        ...(held ? { annotations: { 'k8or.dev/hold': JSON.stringify({ release: held }) } } : {}),
      },
      spec: { source: { repoURL: 'r', path: 'p' }, destination: { server: 's', namespace: 'n' } },
      status: { history },
    }),
    'argocd',
    known,
    new Date(at),
  )

const declared = (releases: readonly unknown[], held?: number) =>
  declaredWith(
    releases.map((release, id) => ({ id, release, deployedAt: '2026-01-01T00:00:00Z' })),
    held,
  )

const deployed = (times: readonly unknown[]) =>
  declaredWith(times.map((deployedAt, id) => ({ id, release: id + 1, deployedAt })))

describe('services/syncmaster/src/domain/application/declaration', () => {
  it.each([
    { given: 'none', releases: [], held: undefined, floor: undefined },
    { given: 'those deployed', releases: [3, 5, 4], held: undefined, floor: 5 },
    { given: 'the one it is held at', releases: [3], held: 7, floor: 7 },
    { given: 'a deployed one that can not be', releases: [3, Number.MAX_SAFE_INTEGER], held: undefined, floor: 3 },
    { given: 'a deployed one that is no number', releases: [3, 'many', 4.5], held: undefined, floor: 3 },
    { given: 'a held one that can not be', releases: [3], held: 1_000_000_001, floor: 3 },
  ])('names the newest release that the hub knows: $given', ({ releases, held, floor }) => {
    expect(declared(releases, held).releaseFloor).toBe(floor)
  })

  it.each([
    { given: 'the only one', times: ['2026-01-01T00:00:00Z'], told: '2026-01-01T00:00:00.000Z' },
    {
      given: 'the newest, as another clock writes it',
      ...{ times: ['2026-01-01T23:00:00Z', '2026-01-02T00:30:00+02:00'], told: '2026-01-01T23:00:00.000Z' },
    },
    { given: 'one that is missing', times: ['2026-01-01T00:00:00Z', undefined], told: now },
    { given: 'nothing', times: ['2026-01-01T00:00:00Z', null], told: now },
    { given: 'no text', times: [7], told: now },
    { given: 'no time', times: ['2026-01-01T00:00:00Z', 'yesterday'], told: now },
    { given: 'what passes for a time with some', times: ['1'], told: now },
    { given: 'no day of any year', times: ['2026-02-30T00:00:00Z'], told: now },
    { given: 'one still to come', times: ['2999-01-01T00:00:00Z', '2026-01-01T00:00:00Z'], told: now },
  ])('tells when the newest was deployed at the latest: $given', ({ times, told }) => {
    expect(deployed(times)).toMatchObject({ releaseFloor: times.length, deployedAt: told })
  })

  it('declares what was deployed at no known time with one time for good, and at another one when more was deployed', () => {
    const history = (release: number) => [{ id: 1, release, deployedAt: 'yesterday' }]
    const later = '2026-01-04T00:00:00.000Z'
    const first = declaredWith(history(3))
    expect(declaredWith(history(3), undefined, first, later).deployedAt).toBe(now)
    expect(declaredWith(history(4), undefined, first, later).deployedAt).toBe(later)
    expect(saysMore(first, first)).toBe(false)
    expect(saysMore(first, { ...first, deployedAt: '' })).toBe(true)
  })

  it('takes what was deployed at no known time for one of just now, however much there is of it', () => {
    expect(declaredWith([], 7)).toMatchObject({ releaseFloor: 7, deployedAt: now })
    const long = Array.from({ length: 200_000 }, (_, id) => ({ id, release: 2 }))
    expect(declaredWith(long)).toMatchObject({ releaseFloor: 2, deployedAt: now })
    expect(declaredWith([]).deployedAt).toBeUndefined()
  })
})
