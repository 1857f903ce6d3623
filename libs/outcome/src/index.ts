export type { Marks } from './marks'
export { describeError, describeJsonError, Later, Never, outcomeOf, type Outcome } from './outcome'
