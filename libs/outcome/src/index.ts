export { describeError, Later, Never, outcomeOf, type Outcome } from './outcome'
