import { PassThrough } from 'node:stream'
import { askOn, isYes } from './ask'

const noTerminal = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream

describe('test/demo/src/ask', () => {
  it('takes only a plain yes for one', () => {
    expect(['y', 'Y', 'yes', ' YES '].map(isYes)).toEqual([true, true, true, true])
    expect(['', 'n', 'no', 'yep', 'yes please', 'sure'].some(isYes)).toBe(false)
  })

  it('refuses where nobody can be asked, unless somebody said yes beforehand', async () => {
    const said: string[] = []
    const write = (text: string): void => void said.push(text)
    await expect(askOn(noTerminal, write, false)('play?')).rejects.toThrow('set DEMO_YES=1 to agree')
    await expect(askOn(noTerminal, write, true)('play?')).resolves.toBe(true)
    expect(said.join('')).toContain('play?')
  })
})
