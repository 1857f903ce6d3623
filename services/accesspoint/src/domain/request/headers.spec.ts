import { claimOf, headersForCaller, headersForCluster } from './headers'

describe('services/accesspoint/src/domain/request/headers', () => {
  it('sends on nothing that gives an identity or meddles with the connection', () => {
    const hostile = {
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: 'Bearer x',
      'impersonate-user': 'system:admin',
      'impersonate-group': 'system:masters',
      'x-remote-user': 'admin',
      'x-forwarded-for': '10.0.0.1',
      'transfer-encoding': 'chunked',
      connection: 'upgrade',
      upgrade: 'websocket',
      cookie: 'a=b',
      host: 'elsewhere',
      'k8or-application': 'uid',
    }
    expect(headersForCluster(hostile, 'syncmaster')).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'k8or-accesspoint (syncmaster)',
    })
  })

  it('answers nothing that tells of credentials', () => {
    const headers = {
      'content-type': 'application/json',
      'set-cookie': 'a=b',
      'www-authenticate': 'Bearer',
      warning: '299 - old',
    }
    expect(headersForCaller(headers)).toEqual({ 'content-type': 'application/json', warning: '299 - old' })
  })

  it('takes for a claim only what is one', () => {
    const claim = claimOf({ 'k8or-application': 'uid', 'k8or-release': '7', 'k8or-lease': '-1' })
    expect(claim).toEqual({ application: 'uid', release: 7, setbacks: 0, lease: undefined })
    expect(claimOf({ 'k8or-setbacks': '2' }).setbacks).toBe(2)
    expect(claimOf({ 'k8or-release': '1e3', 'k8or-lease': '9999999999999999999' })).toEqual({
      application: undefined,
      release: undefined,
      setbacks: 0,
      lease: undefined,
    })
  })
})
