import { create } from '@bufbuild/protobuf'
import { GetTreeResponseSchema } from '@k8or/contracts/rpc/insighthub/v1/resource_trees'
import {
  ApplicationSchema,
  ConditionSchema,
  DiffResponseSchema,
  GetResponseSchema,
  HistoryEntrySchema,
  ResourceSchema,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import pc from 'picocolors'
import type { Answer } from '../output/answer'
import { diffAnswer } from './diff'
import { applicationAnswer } from './get'
import { historyAnswer } from './history'
import { applicationsAnswer } from './list'
import { treeAnswer } from './tree'

const colors = pc.createColors(false)
const table = (answer: Answer, isWide = false) => `\n${answer.table({ isWide, colors })}\n`

const shop = create(ApplicationSchema, {
  name: { namespace: 'argocd', name: 'shop' },
  uid: 'u1',
  project: 'default',
  destination: 'in-cluster',
  destinationNamespace: 'shop',
  syncStatus: 'Synced',
  healthStatus: 'Healthy',
  revision: '0123456789abcdef0123456789abcdef01234567',
  release: 12n,
  phase: 'Succeeded',
  message: 'successfully synced (all tasks run)',
  automated: true,
  sources: [{ repoUrl: 'https://git.example.com/shop.git', path: 'deploy', targetRevision: 'main' }],
  operationFinishedAt: '2026-11-21T09:40:01Z',
})
const broken = create(ApplicationSchema, {
  name: { namespace: 'argocd', name: 'a-longer-name' },
  project: 'team-a',
  syncStatus: 'OutOfSync',
  healthStatus: 'Degraded',
  revision: 'v1.2',
  destination: 'edge',
})

describe('hosts/k8or/src/client/app/answers', () => {
  it('lists applications in columns', () => {
    expect(table(applicationsAnswer([shop, broken]))).toBe(`
NAME                   PROJECT   SYNC        HEALTH     REVISION     DESTINATION
argocd/shop            default   Synced      Healthy    0123456789   in-cluster / shop
argocd/a-longer-name   team-a    OutOfSync   Degraded   v1.2         edge
`)
  })

  it('lists applications by name, and for scripts', () => {
    const answer = applicationsAnswer([shop])
    expect(answer.names?.()).toEqual(['argocd/shop'])
    expect(answer.data).toMatchObject([{ name: { name: 'shop' }, syncStatus: 'Synced', release: '12', conditions: [] }])
  })

  it('shows one application with conditions, objects and why they failed', () => {
    const conditions = [{ type: 'SyncError', message: 'it was refused', lastTransitionTime: '2026-11-21T09:40:00Z' }]
    const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', syncStatus: 'Synced' }
    const old = { kind: 'ConfigMap', namespace: 'shop', name: 'old', syncStatus: 'OutOfSync', requiresPruning: true }
    const response = create(GetResponseSchema, {
      application: create(ApplicationSchema, {
        ...shop,
        conditions: conditions.map((each) => create(ConditionSchema, each)),
      }),
      resources: [
        create(ResourceSchema, { ...web, healthStatus: 'Progressing', healthMessage: '1 of 2' }),
        create(ResourceSchema, old),
        create(ResourceSchema, { kind: 'Service', namespace: 'shop', name: 'web', syncStatus: 'OutOfSync' }),
      ],
      results: [
        { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', status: 'SyncFailed', message: 'is over' },
        { kind: 'Service', namespace: 'shop', name: 'web', status: 'SyncFailed', message: 'the port is taken' },
      ],
    })
    expect(table(applicationAnswer(response))).toBe(`
Name:            argocd/shop
Project:         default
Destination:     in-cluster / shop
Source:          https://git.example.com/shop.git  deploy  main
Sync policy:     automated
Release:         12 at 0123456789
Sync:            Synced
Health:          Healthy
Last operation:  Succeeded  successfully synced (all tasks run)  2026-11-21 09:40:01

CONDITION   SINCE                 MESSAGE
SyncError   2026-11-21 09:40:00   it was refused

KIND              NAME       SYNC                       HEALTH        MESSAGE
apps/Deployment   shop/web   Synced                     Progressing   1 of 2
ConfigMap         shop/old   OutOfSync (to be pruned)
Service           shop/web   OutOfSync                                the port is taken
`)
  })

  it('shows what a sync would change, field by field', () => {
    const response = create(DiffResponseSchema, {
      objects: [
        { resource: { kind: 'ConfigMap', namespace: 'shop', name: 'same' }, change: 'unchanged' },
        {
          resource: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
          change: 'configure',
          fields: [{ path: '.spec.replicas', live: '5', desired: '2', manager: 'kubectl' }],
        },
        { resource: { kind: 'Service', namespace: 'shop', name: 'web' }, change: 'create' },
        {
          resource: { kind: 'ConfigMap', namespace: 'shop', name: 'old' },
          change: 'keep',
          reason: 'would be pruned (needs --prune)',
        },
      ],
    })
    expect(table(diffAnswer(response))).toBe(`
configure apps/Deployment shop/web
  .spec.replicas  (taken by kubectl)
    - 5
    + 2

create Service shop/web

keep ConfigMap shop/old
  would be pruned (needs --prune)
`)
    expect(table(diffAnswer(create(DiffResponseSchema, {})))).toBe('\nno differences\n')
  })

  it('shows the history of syncs', () => {
    const entry = create(HistoryEntrySchema, {
      id: 3n,
      deployedAt: '2026-11-21T09:40:01Z',
      release: 12n,
      revision: shop.revision,
      initiatedBy: 'ann',
    })
    expect(table(historyAnswer([entry]))).toBe(`
ID   DEPLOYED              RELEASE   REVISION     BY
3    2026-11-21 09:40:01   12        0123456789   ann
`)
  })

  it('indents what objects made below them', () => {
    const waits = { healthStatus: 'Progressing', healthMessage: 'Waiting for an address' }
    const response = create(GetTreeResponseSchema, {
      nodes: [
        {
          ...{ uid: 'd', group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', healthStatus: 'Healthy' },
          images: ['shop/web:1'],
        },
        { uid: 'i', group: 'networking.k8s.io', kind: 'Ingress', namespace: 'shop', name: 'door', ...waits },
        {
          uid: 'r',
          parentUid: 'd',
          group: 'apps',
          kind: 'ReplicaSet',
          namespace: 'shop',
          name: 'web-1',
          healthStatus: 'Healthy',
        },
        {
          uid: 'p',
          parentUid: 'r',
          kind: 'Pod',
          namespace: 'shop',
          name: 'web-1-x',
          healthStatus: 'Progressing',
          images: ['shop/web:1'],
        },
      ],
    })
    expect(table(treeAnswer(response))).toBe(`
KIND                        NAME           HEALTH        IMAGES       MESSAGE
apps/Deployment             shop/web       Healthy
└ apps/ReplicaSet           shop/web-1     Healthy
  └ Pod                     shop/web-1-x   Progressing   shop/web:1
networking.k8s.io/Ingress   shop/door      Progressing                Waiting for an address
`)
    expect(table(treeAnswer(response), true)).toMatch(/apps\/Deployment +shop\/web +Healthy +shop\/web:1/)
  })
})
