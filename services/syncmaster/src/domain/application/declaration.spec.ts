import { parseApplication } from './application'
import { declarationOf } from './declaration'

const declared = (releases: readonly number[], held?: number) =>
  declarationOf(
    parseApplication({
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
      metadata: {
        ...{ name: 'shop', namespace: 'argocd', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
        ...(held ? { annotations: { 'k8or.dev/hold': JSON.stringify({ release: held }) } } : {}),
      },
      spec: { source: { repoURL: 'r', path: 'p' }, destination: { server: 's', namespace: 'n' } },
      status: { history: releases.map((release, id) => ({ id, release, deployedAt: '2026-01-01T00:00:00Z' })) },
    }),
    'argocd',
  )

describe('services/syncmaster/src/domain/application/declaration', () => {
  it.each([
    { given: 'none', releases: [], held: undefined, floor: undefined },
    { given: 'those deployed', releases: [3, 5, 4], held: undefined, floor: 5 },
    { given: 'the one it is held at', releases: [3], held: 7, floor: 7 },
    { given: 'a deployed one that can not be', releases: [3, Number.MAX_SAFE_INTEGER], held: undefined, floor: 3 },
    { given: 'a held one that can not be', releases: [3], held: 1_000_000_001, floor: 3 },
  ])('names the newest release that the hub knows: $given', ({ releases, held, floor }) => {
    expect(declared(releases, held).releaseFloor).toBe(floor)
  })
})
