/** Waits for work, but no longer than until the signal aborts; then its reason is thrown, and what becomes of the work is nobody's. */
export async function unlessAborted<Result>(work: Promise<Result> | undefined, signal: AbortSignal): Promise<void> {
  if (!work) return
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
