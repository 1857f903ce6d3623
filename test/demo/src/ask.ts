import { createInterface } from 'node:readline/promises'
import type { Ask } from './somebodys-ground'

/** Asks on a terminal; where there is none, only who has said yes beforehand is taken to agree. */
export function askOn(terminal: NodeJS.ReadStream, write: (text: string) => void, isAgreed: boolean): Ask {
  return async (question) => {
    if (isAgreed) {
      write(`${question}\nDEMO_YES says yes.\n`)
      return true
    }
    if (!terminal.isTTY) throw new Error(`${question}\nnobody can be asked here: set DEMO_YES=1 to agree`)
    const lines = createInterface({ input: terminal, output: process.stdout })
    try {
      return isYes(await lines.question(`${question} [y/N] `))
    } finally {
      lines.close()
    }
  }
}

/** Only a plain yes is one. */
export function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer.trim())
}
