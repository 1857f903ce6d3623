import { judgeForward } from './forwarding'

const json = 'application/json; charset=utf-8'

describe('services/accesspoint/src/domain/access/forwarding', () => {
  it('finds the owner of a call', () => {
    expect(judgeForward('POST', '/k8or.syncmaster.v1.Applications/Sync', json)).toMatchObject({
      allowed: true,
      owner: 'syncmaster',
    })
  })

  it('keeps what hands out credentials between services', () => {
    for (const path of ['/k8or.accesspoint.v1.Settings/GetRepository', '/k8or.accesspoint.v1.Certificates/Sign'])
      expect(judgeForward('POST', path, json)).toMatchObject({ allowed: false, status: 403 })
  })

  it.each([
    '/',
    '/k8or.other.v1.A/B',
    '/k8or.syncmaster.v1.Applications/../Sync',
    '/k8or.syncmaster.v2.Applications/Sync',
    '/k8or.syncmaster.v1.Applications/Sync?a',
  ])('knows nothing at %s', (target) => {
    expect(judgeForward('POST', target, json)).toMatchObject({ allowed: false, status: 404 })
  })

  it('takes calls by POST alone', () => {
    expect(judgeForward('GET', '/k8or.syncmaster.v1.Applications/Sync', json)).toMatchObject({
      allowed: false,
      status: 405,
    })
  })

  it.each(['', 'application/proto', 'text/json', 'application/jsonp'])('reads no calls in "%s"', (type) => {
    const verdict = judgeForward('POST', '/k8or.syncmaster.v1.Applications/Sync', type)
    expect(verdict).toMatchObject({ allowed: false, status: 415 })
  })
})
