export interface ShownTask {
  readonly needs?: readonly ShownTask[]
  readonly isFinished?: boolean
  text(): string
  secondsLeft(): number
}
export function showProgress(tasks: readonly ShownTask[], out?: NodeJS.WriteStream): () => void
export function progressLine(tasks: readonly ShownTask[]): string
export function secondsLeft(tasks: readonly ShownTask[]): number
export function formatLeft(seconds: number): string
