export { decide, type AccessQuestion, type Decision, type PolicyFacts } from './access/decide'
export { findBreak } from './audit/chain'
