import { formatPath } from '@k8or/kube-objects'
import { compareWithPrediction } from './compare'

describe('services/syncmaster/src/domain/plan/compare', () => {
  it("does not count the API server's bookkeeping, status, or the mesh's own labels", () => {
    const live = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', resourceVersion: '1', generation: 1, uid: 'x', labels: { team: 'blue' } },
      status: { ready: true },
    }
    const predicted = {
      ...live,
      metadata: {
        ...live.metadata,
        resourceVersion: '2',
        labels: { team: 'blue', 'k8or.dev/bucket': '3', 'k8or.dev/application': 'u' },
      },
      status: {},
    }
    expect(compareWithPrediction(live, predicted)).toEqual([])
    const relabelled = { ...live, metadata: { ...live.metadata, labels: { team: 'red' } } }
    expect(compareWithPrediction(live, relabelled).map((change) => formatPath(change.path))).toEqual([
      '.metadata.labels.team',
    ])
  })
})
