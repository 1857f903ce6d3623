import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { GetResponseSchema } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { describeProgress } from './progress'

const told = (response: MessageInitShape<typeof GetResponseSchema>): string =>
  describeProgress(create(GetResponseSchema, response))

const object = (name: string) => ({ group: 'apps', kind: 'Deployment', namespace: 'shop', name })

describe('hosts/k8or/src/client/app/progress', () => {
  it('A8.3 names the wave and what it waits for', () => {
    const resources = [
      { ...object('database'), wave: -1 },
      { ...object('web'), wave: 3 },
      { ...object('worker'), wave: 3 },
    ]
    const results = [
      { ...object('database'), phase: 'Succeeded' },
      { ...object('web'), phase: 'Running' },
    ]
    expect(told({ application: { phase: 'Running' }, resources, results })).toMatch(
      /^wave 3 \(2 of 2\) awaits .*Deployment shop\/web$/,
    )
  })

  it('says of any other operation that it runs, and what about it is to be known', () => {
    expect(told({ application: { phase: 'Running' } })).toBe('syncing')
    expect(told({ application: { phase: 'Running', message: 'Retrying' } })).toBe('syncing: Retrying')
    expect(told({ application: { phase: 'Succeeded' } })).toBe('')
  })
})
