import { judgeSigning } from './may-sign'

describe('services/accesspoint/src/domain/certificate/may-sign', () => {
  it('signs for the service whose token or certificate is shown', () => {
    const byToken = judgeSigning({ service: 'syncmaster', tokenOf: 'syncmaster', callerService: undefined })
    expect(byToken).toEqual({ allowed: true, service: 'syncmaster', by: 'token' })
    const byCertificate = judgeSigning({ service: 'syncmaster', tokenOf: undefined, callerService: 'syncmaster' })
    expect(byCertificate).toEqual({ allowed: true, service: 'syncmaster', by: 'certificate' })
  })

  it.each([
    ['nothing', 'syncmaster', undefined, undefined, 'unauthenticated'],
    ['an unknown token', 'syncmaster', 'unknown', undefined, 'unauthenticated'],
    ['an unknown token beside a certificate', 'syncmaster', 'unknown', 'syncmaster', 'unauthenticated'],
    ["another service's token", 'syncmaster', 'codesource', undefined, 'denied'],
    ["another service's certificate", 'accesspoint', undefined, 'codesource', 'denied'],
    ['a name that no service has', 'root', undefined, 'codesource', 'invalid'],
  ] as const)('refuses who shows %s', (_, service, tokenOf, callerService, kind) => {
    expect(judgeSigning({ service, tokenOf, callerService })).toMatchObject({ allowed: false, kind })
  })
})
