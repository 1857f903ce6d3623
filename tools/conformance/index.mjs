export { gatherEvidence, readTests, unexplained, unknownIds } from './evidence.mjs'
export { countStates, formatReport } from './report.mjs'
export { readStatements } from './statements.mjs'
