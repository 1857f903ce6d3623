import { fateByTag } from './fate'
import { nextStep, readyAfterAnnotation, type Pace, type Step } from './next-step'
import type { Pod } from './pod'
import { podStatus, type PodMoment } from './pod-status'

const pace: Pace = { readyAfterMs: 100, completeAfterMs: 50, terminateAfterMs: 0, backOffAfterMs: 300 }

interface Shape {
  readonly image?: string
  readonly restartPolicy?: 'Always' | 'Never' | 'OnFailure'
  readonly annotations?: Record<string, string>
}

const pod = ({ image = 'web:1', restartPolicy = 'Always', annotations = {} }: Shape = {}): Pod => ({
  metadata: { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', annotations },
  spec: { nodeName: 'node-1', restartPolicy, containers: [{ name: 'main', image }] },
})

const facts = { now: '2025-01-01T00:00:00Z', podIp: '10.64.0.1', fateOf: fateByTag }
const at = (before: Pod, moment: PodMoment): Pod => ({ ...before, status: podStatus(before, moment, facts) })

/** The moments that follow each other, as the node would report them, until nothing more happens. */
function life(start: Pod): string[] {
  const moments: string[] = []
  let now = start
  for (let step = nextStep(now, fateByTag, pace); step?.do === 'report'; step = nextStep(now, fateByTag, pace)) {
    moments.push(`${step.moment} after ${step.afterMs}`)
    now = at(now, step.moment)
  }
  return moments
}

describe('test/rig/src/kubelet/next-step', () => {
  it('leads a pod of a Deployment to ready', () => {
    expect(life(pod())).toEqual(['started after 0', 'ready after 100'])
  })

  it('makes a pod ready when its annotation says', () => {
    expect(life(pod({ annotations: { [readyAfterAnnotation]: '700' } }))).toEqual([
      'started after 0',
      'ready after 700',
    ])
    expect(life(pod({ annotations: { [readyAfterAnnotation]: '0' } }))).toEqual(['ready after 0'])
  })

  it('completes a pod of a Job, or fails it', () => {
    expect(life(pod({ restartPolicy: 'Never' }))).toEqual(['ready after 0', 'succeeded after 50'])
    expect(life(pod({ restartPolicy: 'Never', image: 'web:fail' }))).toEqual(['started after 0', 'failed after 50'])
  })

  it('stays where images cannot be pulled, containers crash, or probes never pass', () => {
    expect(life(pod({ image: 'web:bad' }))).toEqual(['ErrImagePull after 0', 'ImagePullBackOff after 300'])
    expect(life(pod({ image: 'web:crash' }))).toEqual(['started after 0', 'CrashLoopBackOff after 300'])
    expect(life(pod({ image: 'web:unready' }))).toEqual(['started after 0'])
  })

  it('binds what has no node and removes what is being deleted', () => {
    const { spec, ...rest } = pod()
    const { nodeName: _, ...unbound } = spec
    expect(nextStep({ ...rest, spec: unbound }, fateByTag, pace)).toEqual<Step>({ do: 'bind', afterMs: 0 })
    const deleted = { ...pod(), metadata: { ...pod().metadata, deletionTimestamp: facts.now } }
    expect(nextStep(deleted, fateByTag, pace)).toEqual<Step>({ do: 'delete', afterMs: 0 })
  })
})
