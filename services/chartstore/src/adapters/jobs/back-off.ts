/** How long a key waits after each failure; the last one again and again. */
export const backoffMs = [200, 500, 1_000, 2_000, 5_000, 10_000, 30_000]
