import Table from 'cli-table3'

const bare = {
  chars: Object.fromEntries(
    [
      'top',
      'top-mid',
      'top-left',
      'top-right',
      'bottom',
      'bottom-mid',
      'bottom-left',
      'bottom-right',
      'left',
      'left-mid',
      'mid',
      'mid-mid',
      'right',
      'right-mid',
    ].map((name) => [name, '']),
  ),
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
}

/** Aligned columns under a line of names, without borders: what people pipe to grep. */
export function formatTable(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ ...bare, chars: { ...bare.chars, middle: '   ' } })
  table.push([...names], ...rows.map((row) => row.map((cell) => cell.replaceAll('\n', ' '))))
  return trimRight(table.toString())
}

/** `Name:  value` lines, the values aligned; what is empty is left out. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): string {
  const shown = fields.filter(([, value]) => value !== '')
  const width = Math.max(...shown.map(([name]) => name.length)) + 3
  return shown.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`).join('\n')
}

function trimRight(text: string): string {
  return text.replace(/[ \t]+$/gm, '')
}
