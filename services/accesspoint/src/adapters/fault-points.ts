/** What AccessPoint does that follows from no contract, as fault points: calls that change clusters, and the audit on disk. */
export const faultPoints: readonly string[] = [
  'accesspoint/cluster/patch/before',
  'accesspoint/cluster/patch/after',
  'accesspoint/cluster/post/before',
  'accesspoint/cluster/post/after',
  'accesspoint/cluster/delete/before',
  'accesspoint/cluster/delete/after',
  'accesspoint/audit/segment/after',
  'accesspoint/audit/cursor/after',
  'accesspoint/removal/CLUSTERS/after',
  'accesspoint/removal/STOPS/after',
]
