export type { Marks } from './marks'
export { describeError, describeJsonError, Later, legible, Never, outcomeOf, type Outcome } from './outcome'
