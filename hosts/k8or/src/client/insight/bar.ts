/** Where in a span of time a part of it lies, drawn: `  ▇▇▇       `. What is too short to be drawn is a thin line. */
export function drawBar(part: { readonly from: number; readonly to: number }, total: number, width: number): string {
  if (total <= 0) return ' '.repeat(width)
  const cell = (ms: number) => Math.min(width, Math.round((ms / total) * width))
  const [from, to] = [cell(part.from), cell(part.to)]
  if (to > from) return ' '.repeat(from) + '▇'.repeat(to - from) + ' '.repeat(width - to)
  const at = Math.min(from, width - 1)
  return `${' '.repeat(at)}▏${' '.repeat(width - at - 1)}`
}
