import { summarize } from './summarize'

const image = { name: 'registry.example.com/shop/web', token: 'i-1' }
const repository = { url: 'https://git.example.com/web.git', token: 'r-1' }
const application = { uid: 'u', namespace: 'argocd', name: 'shop', project: 'default' }
const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'front', name: 'web' }
const digest = `sha256:${'a1'.repeat(32)}`
const commit = '8f14e45fceea167a5a36dedd4bea2543fe0b1c2d'
const drift = { application, cluster: 'prod', release: 2, object, uid: 'u', resourceVersion: '7' }

describe('services/insighthub/src/domain/trace/summarize', () => {
  it.each<[string, object, string]>([
    [
      'image.built',
      { image, tag: '2', digest, ordinal: 1, via: 'registry', source: { repository, commit } },
      'registry.example.com/shop/web:2 is sha256:a1a1a1a1a1a1, told by registry, from 8f14e45fce',
    ],
    [
      'image.considered',
      { application, image, tag: '2', digest, outcome: 'selected', reason: '2 is the newest' },
      'registry.example.com/shop/web:2 selected: 2 is the newest',
    ],
    [
      'tag.moved',
      { image, tag: '2', digest, pushed: `sha256:${'b2'.repeat(32)}`, ordinal: 2 },
      'registry.example.com/shop/web:2 was sha256:a1a1a1a1a1a1, sha256:b2b2b2b2b2b2 was pushed over it',
    ],
    [
      'commit.pushed',
      {
        ...{ repository, branch: 'main', commit, previous: 'c', subject: 'update shop/web', operations: ['o'] },
        ...{ files: ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'], lostRaces: 1 },
      },
      'main is 8f14e45fce: update shop/web (a.yaml, b.yaml, c.yaml and 1 more), after 1 lost race',
    ],
    [
      'drift.detected',
      { ...drift, kind: 'changed', fields: ['.spec.replicas'], manager: 'kubectl-edit', willHeal: true },
      'apps/Deployment:front/web changed by kubectl-edit: .spec.replicas',
    ],
    [
      'rollback.started',
      { application, sync: 's', release: 2, from: 3, cluster: 'prod', revisions: [], reason: 'it was bad' },
      'from release 3 to release 2 on prod: it was bad',
    ],
    [
      'rollback.finished',
      {
        ...{ application, sync: 's', release: 2, from: 3, cluster: 'prod', phase: 'Succeeded', message: '' },
        ...{ startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' },
      },
      'Succeeded: release 2 is held',
    ],
    ['drift.repaired', drift, 'apps/Deployment:front/web'],
    ['cluster.unreachable', { cluster: 'prod', server: 's', reason: 'refused' }, 'prod: refused'],
    ['image.built', { image: 7 }, 'a tag of an image was pushed to its registry'],
    ['fact.of-the-future', {}, ''],
  ])('tells %s in one line', (fact, data, line) => {
    expect(summarize({ fact, data })).toBe(line)
  })
})
