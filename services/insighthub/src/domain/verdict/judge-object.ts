import type { Health } from '@k8or/contracts'
import { splitApiVersion } from '@k8or/kube-objects'
import { rules } from '../health/rules'
import { health, type HealthRule } from './rule'

/** A judgement with the rule that made it; both null where no rule has an opinion. */
export interface Judgement {
  readonly health: Health | null
  readonly rule: string | null
}

/** What of an object every judgement needs. */
export interface JudgedObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata?: { readonly deletionTimestamp?: string | undefined } | undefined
}

const byKind = new Map<string, HealthRule>(rules.map((rule) => [ruleName(rule.group, rule.kind), rule]))

/** Judges one object as it is now. What is being deleted is Progressing, whatever its kind. */
export function judgeObject(object: JudgedObject): Judgement {
  if (object.metadata?.deletionTimestamp !== undefined)
    return { health: health('Progressing', 'Pending deletion'), rule: 'pending-deletion' }
  const name = ruleName(splitApiVersion(object.apiVersion).group, object.kind)
  const rule = byKind.get(name)
  return rule === undefined ? { health: null, rule: null } : { health: rule.judge(object), rule: name }
}

function ruleName(group: string, kind: string): string {
  return group === '' ? kind : `${group}/${kind}`
}
