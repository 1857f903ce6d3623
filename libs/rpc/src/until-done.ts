/** Begins something that says itself when it is done, and waits for that as long as whoever asks does. */
export function untilDone(signal: AbortSignal, begin: (done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    begin(resolve)
  })
}
