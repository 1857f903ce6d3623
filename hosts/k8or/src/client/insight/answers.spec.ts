import { create } from '@bufbuild/protobuf'
import { ClusterSchema } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import { ImagePolicySchema } from '@k8or/contracts/rpc/chartstore/v1/images'
import { DeadLetterSchema } from '@k8or/contracts/rpc/insighthub/v1/dead_letters'
import { GetLeadTimesResponseSchema } from '@k8or/contracts/rpc/insighthub/v1/lead_times'
import { GetTraceResponseSchema } from '@k8or/contracts/rpc/insighthub/v1/traces'
import { DecisionSchema } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import pc from 'picocolors'
import type { Answer } from '../output/answer'
import { clustersAnswer } from './clusters'
import { deadLettersAnswer } from './dead-letters'
import { leadTimesAnswer } from './lead-times'
import { traceAnswer } from './trace'
import { decisionsAnswer, imageDecisions } from './why'

const colors = pc.createColors(false)
const table = (answer: Answer, isWide = false) => `\n${answer.table({ isWide, colors })}\n`

describe('hosts/k8or/src/client/insight/answers', () => {
  it('draws where the time of a deployment went', () => {
    const hops = [
      { fact: 'delivery.received', service: 'codesource', sinceStartMs: 0, sincePreviousMs: 0, summary: 'github push' },
      {
        fact: 'revision.observed',
        service: 'codesource',
        sinceStartMs: 30,
        sincePreviousMs: 30,
        summary: 'main is abc',
      },
      {
        fact: 'sync.finished',
        service: 'syncmaster',
        sinceStartMs: 90,
        sincePreviousMs: 60,
        summary: 'Succeeded: 2 objects',
      },
      {
        fact: 'health.changed',
        service: 'insighthub',
        sinceStartMs: 2400,
        sincePreviousMs: 2310,
        summary: 'Healthy',
        actor: 'service:insighthub',
      },
    ]
    const response = create(GetTraceResponseSchema, { hops, correlationId: 'push-1', traceId: 'cafe' })
    expect(table(traceAnswer(response))).toBe(`
AFTER   TOOK     WHERE THE TIME WENT        SERVICE      HOP                 WHAT
0 ms    +0 ms    ▏                          codesource   delivery.received   github push
30 ms   +30 ms   ▏                          codesource   revision.observed   main is abc
90 ms   +60 ms   ▇                          syncmaster   sync.finished       Succeeded: 2 objects
2.4 s   +2.3 s    ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇   insighthub   health.changed      Healthy

4 hops in 2.4 s, most of it (2.3 s) until health.changed
correlation push-1, trace cafe
`)
    expect(traceAnswer(response).data).toMatchObject({
      hops: [{ sinceStartMs: 0, causes: [] }, {}, {}, {}],
      correlationId: 'push-1',
    })
  })

  it('names application and cluster of each hop when there are several', () => {
    const hop = (application: string) => ({ fact: 'sync.finished', service: 'syncmaster', application })
    const first = { fact: 'delivery.received', service: 'codesource' }
    const shown = (...hops: object[]) => table(traceAnswer(create(GetTraceResponseSchema, { hops })))
    expect(shown(first, hop('argocd/shop'), hop('argocd/cart'))).toMatch(/HOP +APPLICATION +WHAT[^]*argocd\/cart/)
    expect(shown(first, hop('argocd/shop'))).not.toContain('APPLICATION')
    const on = (cluster: string) => ({ ...hop('argocd/shop'), cluster })
    expect(shown(first, on('one'), on('two'))).toMatch(/HOP +CLUSTER +WHAT[^]*two/)
    expect(shown(first, on('one'), on('one'))).not.toContain('CLUSTER')
  })

  it('C108.5 tells below a trace what drifted since, and whether it was put back', () => {
    const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }
    const seenAt = '2026-11-21T09:40:01.000Z'
    const drifts = [
      {
        ...{ ...web, seenAt, repairedAt: '2026-11-21T09:40:01.032Z', how: 'changed', manager: 'kubectl-edit' },
        fields: ['.spec.replicas'],
      },
      { ...web, group: '', kind: 'ConfigMap', seenAt, how: 'deleted' },
    ]
    const response = create(GetTraceResponseSchema, { hops: [{ fact: 'sync.finished' }], drifts })
    expect(table(traceAnswer(response))).toContain(`
DRIFT SEEN            KIND              NAME       WHAT                                     PUT BACK
2026-11-21 09:40:01   apps/Deployment   shop/web   .spec.replicas changed by kubectl-edit   after 32 ms
2026-11-21 09:40:01   ConfigMap         shop/web   deleted                                  no
`)
  })

  it('tells how long each hop takes on each cluster, and the whole way', () => {
    const hops = [
      { from: 'built', to: 'committed', count: 4, p50Ms: 210, p95Ms: 1900 },
      { from: 'applied', to: 'healthy', count: 3, p50Ms: 2000, p95Ms: 65_000 },
    ]
    const whole = { count: 3, p50Ms: 2400, p95Ms: 66_000 }
    const shop = { application: 'argocd/shop', cluster: 'prod-1', deployments: 4, healthy: 3, hops, whole }
    const gaps = [{ message: '7 facts are no longer kept' }]
    const response = create(GetLeadTimesResponseSchema, {
      leadTimes: [shop, { ...shop, cluster: 'b', hops: [] }],
      gaps,
    })
    expect(table(leadTimesAnswer(response))).toBe(`
APPLICATION   CLUSTER   HOP                 COUNT   P50      P95
argocd/shop   prod-1    built → committed   4       210 ms   1.9 s
argocd/shop   prod-1    applied → healthy   3       2.0 s    1 min 5 s
argocd/shop   prod-1    the whole way       3       2.4 s    1 min 6 s
argocd/shop   b         the whole way       3       2.4 s    1 min 6 s

8 deployments, 6 of them became healthy
note: 7 facts are no longer kept
`)
    expect(leadTimesAnswer(response).data).toMatchObject({ leadTimes: [{ hops: [{ p50Ms: 210 }, {}], whole }, {}] })
    expect(table(leadTimesAnswer(create(GetLeadTimesResponseSchema, {})))).toBe('\nnothing was deployed\n')
  })

  it('tells the last decisions', () => {
    const decision = create(DecisionSchema, {
      at: '2026-11-21T09:40:01Z',
      decision: 'synced',
      reason: 'release 12 is new',
    })
    expect(table(decisionsAnswer([decision]))).toBe(`
AT                    DECISION   REASON
2026-11-21 09:40:01   synced     release 12 is new
`)
    expect(table(decisionsAnswer([]))).toBe('\nnothing was decided yet\n')
  })

  it('tells decisions about an image like all others, each with its image', () => {
    const image = 'ghcr.io/shop/web'
    const decisions = [
      { at: '2026-11-21T09:40:01Z', tag: '1.1.0', outcome: 'held', reason: 'shop is held by user:ann' },
      { at: '2026-11-21T09:39:00Z', tag: '7', outcome: 'refused', reason: `${image}:7 is not admitted` },
    ]
    expect(table(decisionsAnswer(imageDecisions(create(ImagePolicySchema, { image, decisions }))))).toBe(`
AT                    DECISION        REASON
2026-11-21 09:40:01   image held      ghcr.io/shop/web: shop is held by user:ann
2026-11-21 09:39:00   image refused   ghcr.io/shop/web:7 is not admitted
`)
  })

  it('lists dead letters', () => {
    const letter = create(DeadLetterSchema, {
      id: 7n,
      service: 'syncmaster',
      subject: 'k8or.chartstore.release.rendered.shop',
      reason: 'unreadable',
      time: '2026-11-21T09:40:01Z',
    })
    expect(table(deadLettersAnswer([letter]))).toBe(`
ID   TIME                  SERVICE      SUBJECT                                 REASON
7    2026-11-21 09:40:01   syncmaster   k8or.chartstore.release.rendered.shop   unreadable
`)
    expect(table(deadLettersAnswer([]))).toBe('\nno dead letters\n')
  })

  it('lists clusters', () => {
    const clusters = [
      create(ClusterSchema, {
        name: 'in-cluster',
        server: 'https://kubernetes.default.svc',
        reachable: true,
        version: 'v1.36.3',
      }),
      create(ClusterSchema, { name: 'edge', server: 'https://edge', reason: 'connection refused' }),
    ]
    expect(table(clustersAnswer(clusters))).toBe(`
NAME         SERVER                           REACHABLE   VERSION   REASON
in-cluster   https://kubernetes.default.svc   true        v1.36.3
edge         https://edge                     false                 connection refused
`)
  })
})
