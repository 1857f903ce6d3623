import pc from 'picocolors'

/** Where a command writes to. */
export interface Terminal {
  /** Whether a person reads the answer; a script gets JSON. */
  readonly isTTY: boolean
  /** Whether progress can be shown and overwritten. */
  readonly showsProgress: boolean
  print(text: string): void
  /** Writes a text as it is, without an end of line of its own. */
  write(text: string): void
  complain(text: string): void
  /** Shows one line that the next one overwrites; empty takes it away. */
  progress(line: string): void
  readonly colors: Colors
}

export type Colors = ReturnType<typeof pc.createColors>

interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const clearLine = '\r\u001b[2K'

/** The terminal of this process. Colours are for people only: not in pipes, not where NO_COLOR asks for none. */
export function createTerminal(stdout: Stream = process.stdout, stderr: Stream = process.stderr): Terminal {
  const isTTY = stdout.isTTY === true
  const showsProgress = stderr.isTTY === true
  return {
    isTTY,
    showsProgress,
    print: (text) => void stdout.write(`${text}\n`),
    write: (text) => void stdout.write(text),
    complain: (text) => void stderr.write(`${text}\n`),
    progress: (line) => {
      if (showsProgress) stderr.write(`${clearLine}${line.slice(0, (stderr.columns ?? 80) - 1)}`)
    },
    colors: pc.createColors(isTTY && pc.isColorSupported),
  }
}
