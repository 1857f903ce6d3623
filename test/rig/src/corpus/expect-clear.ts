import type { Entry } from './entries'

const mostChars = 2_000
const unclear = /undefined|\[object \w+\]|\b(?:Type|Range|Reference|URI)Error\b|call stack|^\s+at .*:\d+:\d+\)?$/m

/** Checks that an answer says what the entry expects of it, and that people can read it. */
export function expectClear({ expected }: Pick<Entry<unknown>, 'expected'>, message: string): void {
  for (const told of expected.says) {
    const [, pattern] = /^\/(.*)\/$/s.exec(told) ?? []
    if (pattern === undefined) expect(message).toContain(told)
    else expect(message).toMatch(new RegExp(pattern, 's'))
  }
  for (const hidden of expected.hides) expect(message).not.toContain(hidden)
  expect(message).not.toMatch(unclear)
  // eslint-disable-next-line no-control-regex -- a terminal must not be steered by what is quoted
  expect(message).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/)
  expect(message.length).toBeLessThan(mostChars)
}
