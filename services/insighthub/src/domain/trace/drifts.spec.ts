import { findDrifts } from './drifts'
import type { FactIndex } from './fact-index'
import type { IndexedFact } from './indexed-fact'

let sequence = 0

const fact = (name: string, time: number, more: Partial<IndexedFact> = {}): IndexedFact => ({
  ...{ stream: 'FACTS', sequence: ++sequence, id: `${name}/${sequence}`, fact: name, owner: 'syncmaster', token: '_' },
  ...{ time, correlationId: '', causes: [], actor: 'policy:self-heal', traceparent: '' },
  ...{ application: 'app-1', applicationName: 'argocd/shop', cluster: 'prod', release: 2 },
  ...{ sync: '', repository: '', commits: [], image: '', outcome: '', data: {} },
  ...more,
})

const drift = (time: number, name: string, more: Partial<IndexedFact> = {}): IndexedFact =>
  fact('drift.detected', time, {
    data: {
      application: { uid: 'app-1', namespace: 'argocd', name: 'shop', project: 'default' },
      ...{ cluster: 'prod', release: 2, uid: 'u', resourceVersion: '7', kind: 'changed', willHeal: true },
      object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'front', name },
      fields: ['.spec.replicas'],
      manager: 'kubectl',
    },
    ...more,
  })

const indexOf = (facts: readonly IndexedFact[]): Pick<FactIndex, 'during'> => ({
  during: (application, name, { from, to }) =>
    facts.filter((one) => one.application === application && one.fact === name && one.time >= from && one.time < to),
})

const release = fact('release.rendered', 1000)

describe('services/insighthub/src/domain/trace/drifts', () => {
  it('C108.5 names object, fields and who took them, and when it was put back', () => {
    const seen = drift(5000, 'web')
    const repaired = fact('drift.repaired', 5030, { causes: [seen.id] })
    expect(findDrifts(indexOf([seen, repaired, drift(6000, 'left')]), [release])).toMatchObject([
      {
        ...{ application: 'argocd/shop', cluster: 'prod', object: { kind: 'Deployment', name: 'web' }, how: 'changed' },
        ...{ fields: ['.spec.replicas'], manager: 'kubectl' },
        ...{ seenAt: '1970-01-01T00:00:05.000Z', repairedAt: '1970-01-01T00:00:05.030Z' },
      },
      { object: { name: 'left' }, repairedAt: '' },
    ])
  })

  it('tells only of the release that was deployed, and of the newest twenty', () => {
    const facts = [
      drift(4000, 'of-another', { release: 1 }),
      ...Array.from({ length: 30 }, (_, at) => drift(5000 + at, `d-${at}`)),
    ]
    const names = findDrifts(indexOf(facts), [release]).map(({ object }) => object.name)
    expect(names).toHaveLength(20)
    expect(names.at(-1)).toBe('d-29')
  })
})
