import type { Announcer, SyncFinished } from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import { FactAnnouncer } from './fact-announcer'

/** A bus that loses the answer to what it has stored, while it is told to. */
class LossyBus implements Announcer<'syncmaster'> {
  losesAnswers = false
  readonly #stored = new Set<string>()

  publish(_: unknown, { id }: { readonly id: string }): Promise<{ duplicate: boolean }> {
    const duplicate = this.#stored.has(id)
    this.#stored.add(id)
    return this.losesAnswers ? Promise.reject(new Later('no answer')) : Promise.resolve({ duplicate })
  }
}

describe('services/syncmaster/src/domain/fact/fact-announcer', () => {
  const bus = new LossyBus()
  const process = () => new FactAnnouncer(bus, { now: () => new Date() })
  const finish = (announcer: FactAnnouncer, release: number, phase: SyncFinished['phase'] = 'Succeeded') => {
    const application = { uid: 'uid', namespace: 'argocd', name: 'shop', project: 'default' }
    const cause = { application, token: 'token', causes: [], actor: 'service:syncmaster' }
    const sync = { sync: `uid-${String(release)}-1`, release, cluster: 'east' }
    const outcome = { revisions: ['r'], phase, message: '', objects: [], total: 0, startedAt: '', finishedAt: '' }
    return announcer.finished(cause, sync, outcome)
  }
  const losing = async (announcer: FactAnnouncer, release: number) => {
    bus.losesAnswers = true
    await expect(finish(announcer, release)).rejects.toThrow('no answer')
    bus.losesAnswers = false
  }

  it('tells an end that an earlier process announced from the first one', async () => {
    expect(await finish(process(), 1)).toBe(true)
    expect(await finish(process(), 1)).toBe(false)
  })

  it('knows an end again that it announced itself, when the answer was lost', async () => {
    const announcer = process()
    await losing(announcer, 2)
    expect(await finish(announcer, 2)).toBe(true)
    expect(await finish(announcer, 2)).toBe(false)
  })

  it('does not take for its own an end that was another one', async () => {
    const announcer = process()
    await losing(announcer, 3)
    expect(await finish(announcer, 3, 'Failed')).toBe(false)
  })
})
