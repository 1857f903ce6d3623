export function estimateLeft(work: { share: number; elapsed: number; expected: number }): number
