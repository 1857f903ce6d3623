import { Account } from './account'

const application = { uid: 'app-1', namespace: 'argocd', name: 'shop', project: 'default' }
const fact = { id: 'sync-1/started', correlationId: 'push-1' }
const isSilent = (): boolean => false

describe('services/insighthub/src/domain/account/account', () => {
  it('is judged as a whole when a sync has ended, or takes long', () => {
    const account = new Account(application, 'shop_app1', 'prod')
    account.syncStarted(fact, 0)
    expect([0, 499, 500].map((now) => account.isHeld(now, isSilent))).toEqual([true, true, false])
  })

  it('A8.3 is judged at once while a sync waits for the health of its waves', () => {
    const account = new Account(application, 'shop_app1', 'prod')
    account.syncStarted(fact, 0, true)
    expect(account.isHeld(0, isSilent)).toBe(false)
  })
})
