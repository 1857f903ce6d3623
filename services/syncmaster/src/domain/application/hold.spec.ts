import type { Application } from './application'
import { holdAnnotation, holdOf } from './hold'

const of = (annotations: Record<string, string>) => holdOf({ annotations } as unknown as Application)

describe('services/syncmaster/src/domain/application/hold', () => {
  it('reads back what it wrote', () => {
    const hold = {
      actor: 'user:ada',
      reason: 'bad image',
      since: '2026-03-14T15:09:26.535Z',
      release: 4,
      reverts: ['c0ffee'],
    }
    expect(of({ 'k8or.dev/hold': holdAnnotation(hold) })).toEqual({ kind: 'hold', ...hold })
  })

  it('takes a text that people wrote for the reason', () => {
    expect(of({ 'k8or.dev/suspend': 'freeze until Monday' })).toMatchObject({
      kind: 'suspend',
      reason: 'freeze until Monday',
    })
    expect(of({ 'k8or.dev/suspend': 'true' })).toMatchObject({ kind: 'suspend' })
  })

  it('sees none in an empty text and in false', () => {
    expect([of({}), of({ 'k8or.dev/hold': '' }), of({ 'k8or.dev/hold': 'false' })]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('tells of the suspension where there are both', () => {
    expect(of({ 'k8or.dev/hold': 'a', 'k8or.dev/suspend': 'b' })?.reason).toBe('b')
  })
})
