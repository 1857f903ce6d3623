/** What InsightHub does that follows from no contract, as fault points. */
export const faultPoints: readonly string[] = ['insighthub/index/write/after', 'insighthub/removal/HEALTH/after']
