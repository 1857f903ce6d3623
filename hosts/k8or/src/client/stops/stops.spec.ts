import { create } from '@bufbuild/protobuf'
import { StopSchema } from '@k8or/contracts/rpc/accesspoint/v1/stops'
import { createTerminal } from '../terminal'
import { stopsAnswer } from './stops'

const look = { isWide: false, colors: createTerminal().colors }
const stop = (cluster: string) =>
  create(StopSchema, { cluster, since: '2026-01-01T00:00:00.000Z', actor: 'user:admin', reason: 'the database burns' })

describe('hosts/k8or/src/client/stops/stops', () => {
  it('lists what stands, with who and why', () => {
    const text = stopsAnswer([stop(''), stop('east')]).table(look)
    expect(text).toMatch(/^WHAT +SINCE +BY +REASON\nmesh .+ user:admin +the database burns\ncluster\/east /)
    expect(stopsAnswer([]).table(look)).toBe('no emergency stop stands')
    expect(stopsAnswer([stop('east')]).data).toMatchObject([{ cluster: 'east', actor: 'user:admin' }])
  })

  it('says what was done', () => {
    const answer = stopsAnswer([stop('east')], 'goes on')
    expect(answer.table(look)).toBe('cluster/east goes on')
    expect(answer.data).toMatchObject({ cluster: 'east', reason: 'the database burns' })
  })
})
