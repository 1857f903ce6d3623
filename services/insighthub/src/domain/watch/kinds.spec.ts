import { firstKinds, toWatched } from './kinds'

describe('services/insighthub/src/domain/watch/kinds', () => {
  it('A13 watches from the first application on what every cluster serves, and no kind that it may not know', () => {
    const named = firstKinds.map(({ group, version, kind }) => `${group}/${version}/${kind}`)
    expect(named).toEqual(
      expect.arrayContaining(['networking.k8s.io/v1/Ingress', 'autoscaling/v2/HorizontalPodAutoscaler']),
    )
    expect(named.some((kind) => kind.startsWith('argoproj.io/'))).toBe(false)
  })

  it('watches managed objects by their label, and what controllers make as a whole', () => {
    const rollout = toWatched({ group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout' })
    const pod = toWatched({ group: '', version: 'v1', kind: 'Pod' })
    expect([rollout.onlyManaged, pod.onlyManaged]).toEqual([true, false])
  })
})
