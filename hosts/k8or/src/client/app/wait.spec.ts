import { create } from '@bufbuild/protobuf'
import { ApplicationSchema } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { missingOf, parseTimeout } from './wait'

const application = (more: object) =>
  create(ApplicationSchema, { syncStatus: 'Synced', healthStatus: 'Healthy', phase: 'Succeeded', ...more })
const asked = '2026-11-21T09:40:01.500Z'

describe('hosts/k8or/src/client/app/wait', () => {
  it('names what an application still lacks', () => {
    const both = { health: true, sync: true }
    expect(missingOf(application({}), both)).toEqual([])
    expect(missingOf(application({ syncStatus: 'OutOfSync', healthStatus: 'Missing' }), both)).toEqual([
      'Synced',
      'Healthy',
    ])
    expect(missingOf(application({ syncStatus: 'OutOfSync' }), { health: true, sync: false })).toEqual([])
  })

  it.each([
    ['runs', { phase: 'Running', operationFinishedAt: '' }, ['done']],
    ['ended before it was asked for', { operationFinishedAt: '2026-11-21T09:40:00Z' }, ['done']],
    ['ended in the second in which it was asked for', { operationFinishedAt: '2026-11-21T09:40:01Z' }, []],
    ['ended later', { operationFinishedAt: '2026-11-21T09:41:00Z' }, []],
    ['never ended', { operationFinishedAt: '' }, ['done']],
  ])('knows whether an operation is the one that was asked for: it %s', (_, state, missing) => {
    expect(missingOf(application(state), { health: false, sync: false, operationSince: asked })).toEqual(missing)
  })

  it('reads times as people write them', () => {
    expect(['90', '1.5s', '250ms', '5m', '1h'].map(parseTimeout)).toEqual([90_000, 1500, 250, 300_000, 3_600_000])
    expect(() => parseTimeout('soon')).toThrow('"soon" is no time')
  })
})
