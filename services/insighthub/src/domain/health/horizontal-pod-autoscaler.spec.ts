import type { HealthStatus } from '@k8or/contracts'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler'

const condition = (type: string, status: string, reason: string) => ({
  type,
  status,
  reason,
  message: `says ${reason}`,
})
const able = condition('AbleToScale', 'True', 'ReadyForNewScale')
const limited = condition('ScalingLimited', 'True', 'TooFewReplicas')

const cases: [string, object[], HealthStatus, string][] = [
  ['says nothing', [], 'Progressing', 'autoscaler'],
  ['can scale', [able], 'Healthy', 'ReadyForNewScale'],
  ['is at its limit', [limited], 'Healthy', 'TooFewReplicas'],
  ['can not read its target', [condition('AbleToScale', 'False', 'FailedGetScale')], 'Degraded', 'FailedGetScale'],
  [
    'can not change its target',
    [condition('AbleToScale', 'False', 'FailedUpdateScale')],
    'Degraded',
    'FailedUpdateScale',
  ],
  ['has no metric', [able, condition('ScalingActive', 'False', 'FailedGetResourceMetric')], 'Degraded', 'Metric'],
  ['has no outer metric', [able, condition('ScalingActive', 'False', 'FailedGetExternalMetric')], 'Degraded', 'Metric'],
  ['selects nothing', [able, condition('ScalingActive', 'False', 'InvalidSelector')], 'Degraded', 'InvalidSelector'],
  ['is switched off', [able, condition('ScalingActive', 'False', 'ScalingDisabled')], 'Healthy', 'ReadyForNewScale'],
  ['waits', [condition('AbleToScale', 'False', 'BackoffBoth')], 'Progressing', 'autoscaler'],
]

const judge = (object: object) => horizontalPodAutoscaler.judge(object)
const annotated = (text: string) => ({
  metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/conditions': text } },
})

describe('services/insighthub/src/domain/health/horizontal-pod-autoscaler', () => {
  it.each(cases)('A13 judges one that %s, in every version of its API', (_, conditions, status, message) => {
    const verdict = { status, message: expect.stringContaining(message) as string }
    expect(judge({ apiVersion: 'autoscaling/v2', status: { conditions } })).toEqual(verdict)
    expect(judge({ apiVersion: 'autoscaling/v1', ...annotated(JSON.stringify(conditions)) })).toEqual(verdict)
  })

  it('calls one Unknown whose conditions are not readable, with the field', () => {
    expect(judge(annotated('{'))).toEqual({
      status: 'Unknown',
      message: expect.stringContaining('is no JSON') as string,
    })
    expect(judge(annotated('[3]')).message).toContain('autoscaling.alpha.kubernetes.io/conditions')
  })
})
