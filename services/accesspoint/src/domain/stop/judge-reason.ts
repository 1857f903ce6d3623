const longest = 500

/** Why somebody stops or goes on: it must be told, in one line that fits into a status. */
export function judgeReason(given: string): { readonly reason: string } | { readonly problem: string } {
  const reason = given.replace(/\s+/g, ' ').trim()
  if (reason === '')
    return { problem: 'reason: must not be empty; say why, for those who find the mesh standing still' }
  if (reason.length > longest) return { problem: `reason: has ${reason.length} characters; ${longest} at most` }
  return { reason }
}
