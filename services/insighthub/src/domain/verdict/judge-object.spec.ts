import type { HealthStatus } from '@k8or/contracts'
import { judgeObject } from './judge-object'

type Case = [what: string, fields: Record<string, unknown>, status: HealthStatus, message?: string | RegExp]

const suite = (apiVersion: string, kind: string, cases: Case[]) => {
  const complete = cases.map(([what, fields, status, message = '']) => ({ what, fields, status, message }))
  it.each(complete)(`A13 judges a ${kind}: $what`, ({ fields, status, message }) => {
    const judged = judgeObject({ apiVersion, kind, ...fields })
    expect(judged.health?.status).toBe(status)
    expect(judged.health?.message).toMatch(message)
    expect(judged.rule).toBe(apiVersion === 'v1' ? kind : `${apiVersion.split('/')[0] ?? ''}/${kind}`)
  })
}

const waiting = (reason: string, message = '') => [{ name: 'main', state: { waiting: { reason, message } } }]
const stuck = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }
const ready = [{ type: 'Ready', status: 'True' }]

describe('services/insighthub/src/domain/verdict/judge-object', () => {
  suite('apps/v1', 'Deployment', [
    ['paused', { spec: { paused: true, replicas: 1 } }, 'Suspended', 'paused'],
    [
      'not observed',
      { metadata: { generation: 2 }, spec: { replicas: 1 }, status: { observedGeneration: 1 } },
      'Progressing',
      'observe',
    ],
    [
      'deadline exceeded',
      {
        spec: { replicas: 1 },
        status: { conditions: [stuck] },
      },
      'Degraded',
      'deadline',
    ],
    [
      'too few updated',
      { spec: { replicas: 3 }, status: { replicas: 3, updatedReplicas: 1 } },
      'Progressing',
      '1 of 3 replicas are updated',
    ],
    [
      'old ones left',
      { spec: { replicas: 2 }, status: { replicas: 3, updatedReplicas: 2 } },
      'Progressing',
      '1 old replicas',
    ],
    [
      'too few available',
      { spec: { replicas: 2 }, status: { replicas: 2, updatedReplicas: 2, availableReplicas: 1 } },
      'Progressing',
      '1 of 2 updated replicas are available',
    ],
    [
      'rolled out',
      {
        metadata: { generation: 2 },
        spec: { replicas: 2 },
        status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      },
      'Healthy',
      /^$/,
    ],
    ['scaled to nothing', { spec: { replicas: 0 }, status: {} }, 'Healthy'],
    ['paused, and stuck', { spec: { paused: true }, status: { conditions: [stuck] } }, 'Suspended', 'paused'],
    ['unreadable', { spec: { replicas: 'many' } }, 'Unknown', 'spec.replicas'],
  ])

  suite('apps/v1', 'ReplicaSet', [
    ['not observed', { metadata: { generation: 2 }, status: { observedGeneration: 1 } }, 'Progressing', 'observe'],
    [
      'failing',
      { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] } },
      'Degraded',
      'exceeded quota',
    ],
    ['too few available', { spec: { replicas: 2 }, status: { availableReplicas: 1 } }, 'Progressing', '1 of 2'],
    ['complete', { spec: { replicas: 2 }, status: { availableReplicas: 2 } }, 'Healthy'],
  ])

  const observed = { observedGeneration: 1 }
  suite('apps/v1', 'StatefulSet', [
    ['never observed', { metadata: { generation: 1 }, spec: { replicas: 1 } }, 'Progressing', 'observe'],
    [
      'too few ready',
      { spec: { replicas: 2 }, status: { ...observed, readyReplicas: 1 } },
      'Progressing',
      '1 of 2 pods are ready',
    ],
    [
      'updated on delete',
      {
        spec: { replicas: 1, updateStrategy: { type: 'OnDelete' } },
        status: { ...observed, readyReplicas: 1, updateRevision: 'b', currentRevision: 'a' },
      },
      'Healthy',
    ],
    [
      'partition not reached',
      {
        spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
        status: { ...observed, readyReplicas: 3, updatedReplicas: 1 },
      },
      'Progressing',
      '1 of 2 pods are updated',
    ],
    [
      'partition reached',
      {
        spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
        status: { ...observed, readyReplicas: 3, updatedReplicas: 2 },
      },
      'Healthy',
    ],
    [
      'between revisions',
      { spec: { replicas: 1 }, status: { ...observed, readyReplicas: 1, updateRevision: 'b', currentRevision: 'a' } },
      'Progressing',
      'revision b',
    ],
    [
      'rolled out',
      { spec: { replicas: 1 }, status: { ...observed, readyReplicas: 1, updateRevision: 'b', currentRevision: 'b' } },
      'Healthy',
    ],
  ])

  suite('apps/v1', 'DaemonSet', [
    ['not observed', { metadata: { generation: 2 }, status: observed }, 'Progressing', 'observe'],
    [
      'updated on delete',
      { spec: { updateStrategy: { type: 'OnDelete' } }, status: { desiredNumberScheduled: 2 } },
      'Healthy',
    ],
    [
      'too few updated',
      { status: { desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2 } },
      'Progressing',
      '1 of 2 pods are updated',
    ],
    [
      'too few available',
      { status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 } },
      'Progressing',
      '1 of 2 pods are available',
    ],
    ['rolled out', { status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 } }, 'Healthy'],
  ])

  suite('v1', 'Pod', [
    [
      'image can not be pulled',
      { status: { phase: 'Pending', containerStatuses: waiting('ImagePullBackOff', 'no such image') } },
      'Degraded',
      'no such image',
    ],
    [
      'image reference is wrong',
      { status: { phase: 'Pending', containerStatuses: waiting('ErrImagePull') } },
      'Degraded',
      'ErrImagePull',
    ],
    [
      'container can not be made',
      { status: { phase: 'Pending', containerStatuses: waiting('CreateContainerConfigError') } },
      'Degraded',
    ],
    [
      'waits for good reason',
      { status: { phase: 'Pending', containerStatuses: waiting('ContainerCreating') } },
      'Progressing',
    ],
    [
      'backs off, but never restarts',
      {
        spec: { restartPolicy: 'Never' },
        status: { phase: 'Pending', containerStatuses: waiting('ImagePullBackOff') },
      },
      'Progressing',
    ],
    [
      'backs off, never restarts, and asks to be judged',
      {
        metadata: { annotations: { 'argocd.argoproj.io/ignore-restart-policy': 'true' } },
        spec: { restartPolicy: 'Never' },
        status: { phase: 'Pending', containerStatuses: waiting('ImagePullBackOff') },
      },
      'Degraded',
    ],
    ['succeeded', { status: { phase: 'Succeeded' } }, 'Healthy'],
    [
      'failed',
      { status: { phase: 'Failed', containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 3 } } }] } },
      'Degraded',
      'exit code 3',
    ],
    [
      'ran out of memory',
      {
        status: {
          phase: 'Failed',
          containerStatuses: [{ name: 'main', state: { terminated: { reason: 'OOMKilled' } } }],
        },
      },
      'Degraded',
      'memory',
    ],
    [
      'running and ready',
      { spec: { restartPolicy: 'Always' }, status: { phase: 'Running', conditions: ready } },
      'Healthy',
    ],
    [
      'running after a crash',
      { status: { phase: 'Running', containerStatuses: [{ name: 'main', lastState: { terminated: {} } }] } },
      'Degraded',
      'main',
    ],
    ['running, not ready', { status: { phase: 'Running' } }, 'Progressing'],
    [
      'running to an end',
      { spec: { restartPolicy: 'OnFailure' }, status: { phase: 'Running', conditions: ready } },
      'Progressing',
    ],
    ['without a phase', { status: {} }, 'Unknown'],
  ])

  suite('batch/v1', 'Job', [
    [
      'failed',
      { status: { conditions: [{ type: 'Failed', status: 'True', message: 'too often' }] } },
      'Degraded',
      'too often',
    ],
    ['complete', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }, 'Healthy'],
    ['suspended', { status: { conditions: [{ type: 'Suspended', status: 'True' }] } }, 'Suspended'],
    ['resumed', { status: { conditions: [{ type: 'Suspended', status: 'False' }] } }, 'Progressing'],
    ['running', { status: {} }, 'Progressing'],
  ])

  suite('v1', 'Service', [
    ['inside the cluster', { spec: { type: 'ClusterIP' } }, 'Healthy'],
    [
      'without a load balancer',
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: {} } },
      'Progressing',
      'load balancer',
    ],
    [
      'with a load balancer',
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
      'Healthy',
    ],
  ])

  it.each([
    ['networking.k8s.io/v1', 'Ingress'],
    ['v1', 'PersistentVolumeClaim'],
    ['batch/v1', 'CronJob'],
    ['batch/v1beta1', 'CronJob'],
    ['autoscaling/v1', 'HorizontalPodAutoscaler'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler'],
    ['apiregistration.k8s.io/v1', 'APIService'],
    ['argoproj.io/v1alpha1', 'Workflow'],
    ['argoproj.io/v1alpha1', 'Rollout'],
  ])('A13 finds the rule of %s %s', (apiVersion, kind) => {
    expect(judgeObject({ apiVersion, kind }).health).not.toBeNull()
  })

  it('A13 has no opinion on kinds without a rule', () => {
    expect(judgeObject({ apiVersion: 'v1', kind: 'ConfigMap' })).toEqual({ health: null, rule: null })
    expect(judgeObject({ apiVersion: 'example.com/v1', kind: 'Deployment' }).health).toBeNull()
    const child = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      status: { health: { status: 'Degraded' } },
    }
    expect(judgeObject(child).health).toBeNull()
  })

  it('A13 calls whatever is being deleted progressing', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }
    expect(judgeObject(object).health).toEqual({ status: 'Progressing', message: 'Pending deletion' })
  })
})
