import type { Health, HealthStatus } from '@k8or/contracts'
import { z } from 'zod'

/** How the objects of one kind are judged. */
export interface HealthRule {
  readonly group: string
  /** The version to watch on every cluster; absent where few applications have the kind, and clusters may not serve or show it. */
  readonly version?: string
  readonly kind: string
  readonly judge: (object: unknown) => Health
}

interface RuleDeclaration<Shape> extends Omit<HealthRule, 'judge'> {
  /** What the rule reads of an object; everything else is left alone. */
  readonly shape: z.ZodType<Shape>
  readonly judge: (object: Shape) => Health
}

/** Declares a rule by what it reads and how it decides. An object of another shape is Unknown, with the field named. */
export function defineRule<Shape>({ shape, judge, ...kind }: RuleDeclaration<Shape>): HealthRule {
  return {
    ...kind,
    judge(object) {
      const parsed = shape.safeParse(object)
      return parsed.success ? judge(parsed.data) : health('Unknown', describeProblem(parsed.error))
    },
  }
}

/** A judgement in one word, with its reason where there is one. */
export function health(status: HealthStatus, message = ''): Health {
  return { status, message }
}

/** Whether the controller has yet to look at the newest specification. */
export function isUnobserved(object: {
  metadata: { generation: number }
  status: { observedGeneration: number }
}): boolean {
  return object.metadata.generation > object.status.observedGeneration
}

/** The verdict on what its controller has not looked at yet. */
export function unobserved(kind: string): Health {
  return health('Progressing', `Waiting for the ${kind} controller to observe the newest specification`)
}

/** A count that an API server leaves out when it is zero. */
export const Count = z.number().int().default(0)

/** The generation of an object, as every rule with `observedGeneration` reads it. */
export const Generation = z.object({ generation: Count }).prefault({})

/** What a load balancer answers at. */
export const Balanced = z
  .object({ loadBalancer: z.object({ ingress: z.array(z.unknown()).nullish() }).nullish() })
  .nullish()
  .transform((status) => ({ entries: status?.loadBalancer?.ingress?.length ?? 0 }))

/** The conditions of a status. */
export const Conditions = z
  .array(
    z.object({
      type: z.string(),
      status: z.string().default(''),
      reason: z.string().default(''),
      message: z.string().default(''),
    }),
  )
  .nullish()
  .transform((conditions) => conditions ?? [])

function describeProblem(error: z.ZodError): string {
  const [issue] = error.issues
  return issue === undefined ? 'not readable' : `not readable: ${issue.path.join('.')}: ${issue.message}`
}
