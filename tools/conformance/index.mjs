export { gatherEvidence, readTests, unknownIds } from './evidence.mjs'
export { countShown, formatReport } from './report.mjs'
export { readStatements } from './statements.mjs'
