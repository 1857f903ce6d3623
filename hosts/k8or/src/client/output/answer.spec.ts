import pc from 'picocolors'
import type { Terminal } from '../terminal'
import { writeAnswer, type Answer } from './answer'

const terminal = (isTTY: boolean) => {
  const printed: string[] = []
  const ignore = () => undefined
  const made: Terminal = {
    isTTY,
    showsProgress: false,
    print: (text) => void printed.push(text),
    write: ignore,
    complain: ignore,
    progress: ignore,
    colors: pc.createColors(false),
  }
  return { made, printed }
}
const answer: Answer = {
  data: { a: [1, 'x'] },
  names: () => ['one', 'two'],
  table: ({ isWide }) => (isWide ? 'wide' : 'narrow'),
}

describe('hosts/k8or/src/client/output/answer', () => {
  it.each([
    [true, undefined, 'narrow'],
    [true, 'wide', 'wide'],
    [false, 'table', 'narrow'],
    [false, undefined, '{\n  "a": [\n    1,\n    "x"\n  ]\n}'],
    [true, 'yaml', 'a:\n  - 1\n  - x'],
    [true, 'name', 'one\ntwo'],
  ] as const)(
    'writes a table for people and JSON elsewhere, or what is asked for: terminal %s, -o %s',
    async (isTTY, asked, text) => {
      const { made, printed } = terminal(isTTY)
      await writeAnswer(made, answer, asked)
      expect(printed).toEqual([text])
    },
  )

  it('says so where an answer has no names', async () => {
    const { data, table } = answer
    await expect(writeAnswer(terminal(true).made, { data, table }, 'name')).rejects.toThrow('no names')
  })
})
