/** Waits for all, so that nothing starts behind the back of a stop, and then fails with the first failure. */
export async function allOrFirstError(work: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}
