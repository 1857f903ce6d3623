import { serviceOfAccount } from './service-of-account'

describe('services/accesspoint/src/domain/certificate/service-of-account', () => {
  const accounts = { namespace: 'argocd', prefix: 'k8or' }

  it('knows the service of an account of the mesh', () => {
    expect(serviceOfAccount(accounts, 'system:serviceaccount:argocd:k8or-syncmaster')).toBe('syncmaster')
  })

  it.each([
    ['of another namespace', 'system:serviceaccount:shop:k8or-syncmaster'],
    ['of another installation', 'system:serviceaccount:argocd:other-syncmaster'],
    ['of no service', 'system:serviceaccount:argocd:k8or-redis'],
    ['that is none', 'syncmaster'],
  ])('knows no service for an account %s', (_, username) => {
    expect(serviceOfAccount(accounts, username)).toBeUndefined()
  })
})
