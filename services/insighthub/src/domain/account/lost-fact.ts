import type { FactDraft, HealthChanged, HealthRecord } from '@k8or/contracts'
import { originOf, type Account } from './account'

/**
 * The fact that the rows of an application say was announced last, made again from them: rows are written before the fact,
 * so a restart between the two leaves rows whose fact nobody heard.
 */
export function lostFact(
  account: Account,
  rows: readonly HealthRecord[],
  now: Date,
): FactDraft<HealthChanged> | undefined {
  const whole = rows.find(({ object }) => object === null)
  if (whole?.health == null || whole.factId === '') return undefined
  const { application, cluster, lastSync, token } = account
  const objects = rows
    .filter(({ factId }) => factId === whole.factId)
    .flatMap(({ object, uid, generation, health }) => (object === null ? [] : [{ object, uid, generation, health }]))
  return {
    id: whole.factId,
    token,
    time: now,
    data: { application, cluster, health: whole.health, previous: null, objects: objects.slice(0, 100) },
    ...originOf(lastSync),
    actor: 'service:insighthub',
  }
}
