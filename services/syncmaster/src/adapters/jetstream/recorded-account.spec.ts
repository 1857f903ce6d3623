import type { AppliedRecord, DecisionRecord } from '@k8or/contracts'
import type { OpenHeal } from '../../domain/drift/open-heal'
import { RecordedAccount, type AccountRecords } from './recorded-account'

const clock = { now: () => new Date('2026-01-01T00:00:00Z') }

const heal = (name: string): OpenHeal => ({
  drift: {
    ...{ release: 1, cluster: 'in-cluster', uid: 'u', resourceVersion: '1' },
    object: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'n', name },
  },
  how: { kind: 'changed', fields: [], manager: '', willHeal: true },
})

/** A bus on which a write takes as long as the test says. */
class SlowRows {
  readonly begun: { readonly row: DecisionRecord; readonly end: (error?: Error) => void }[] = []

  readonly put = async (_: string, row: DecisionRecord): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.begun.push({ row, end: (error) => (error ? reject(error) : resolve(1)) })
    return promise
  }

  readonly delete = (): Promise<void> => Promise.resolve()

  open(): RecordedAccount {
    const stored = { applied: new Map(), decision: undefined, declaration: undefined }
    return new RecordedAccount('u', stored, { decisions: this, applied: this } as unknown as AccountRecords, clock)
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('services/syncmaster/src/adapters/jetstream/recorded-account', () => {
  it('writes its row in order, each time as it is then', async () => {
    const rows = new SlowRows()
    const account = rows.open()
    // Goes on while the bus takes long.
    await account.saveHeals([heal('a')])
    const noted = [account.noteDecision('one', '', 1), account.noteDecision('two', '', 2)]
    account.endHeals(account.heals)
    await turn()
    expect(rows.begun).toHaveLength(1)
    rows.begun[0]?.end()
    await turn()
    expect(rows.begun).toHaveLength(2)
    expect(rows.begun[1]?.row).toMatchObject({ decision: 'two', release: 2 })
    expect(rows.begun[1]?.row.heals).toBeUndefined()
    rows.begun[1]?.end()
    await Promise.all(noted)
  })

  it('writes again what could not be written, though nothing else is to be noted', async () => {
    const rows = new SlowRows()
    const account = rows.open()
    const failed = account.noteDecision('one', '', 1)
    await turn()
    rows.begun[0]?.end(new Error('away'))
    await expect(failed).rejects.toThrow('away')
    const again = account.noteDecision('one', '', 1)
    await turn()
    rows.begun[1]?.end()
    await again
    expect(rows.begun).toHaveLength(2)
  })

  it('is taken away behind what is still being written', async () => {
    const rows = new SlowRows()
    const account = rows.open()
    await account.saveHeals([])
    let isGone = false
    const gone = account.forget().then(() => (isGone = true))
    await turn()
    expect(isGone).toBe(false)
    rows.begun[0]?.end()
    await gone
  })

  it('stores what was done behind the sync that did it', async () => {
    const rows = new SlowRows()
    const account = rows.open()
    const applied = { object: heal('a').drift.object } as AppliedRecord
    const noted = account.noteDecision('sync', '', 1)
    const done = [account.remember('a', applied), account.remember('b', applied), account.drop('b')]
    await turn()
    expect(rows.begun).toHaveLength(1)
    rows.begun[0]?.end()
    await noted
    await turn()
    expect(rows.begun).toHaveLength(3)
    for (const { end } of rows.begun) end()
    await Promise.all(done)
  })

  it('keeps its row small, and those that were open before', async () => {
    const rows = new SlowRows()
    const account = rows.open()
    const open = Array.from({ length: 50 }, (_, index) => heal(`h${String(index)}`))
    await account.saveHeals(open)
    expect(account.heals.length).toBeGreaterThan(5)
    expect(account.heals).toEqual(open.slice(0, account.heals.length))
    expect(JSON.stringify(rows.begun[0]?.row).length).toBeLessThan(4096)
    rows.begun[0]?.end()
  })
})
