import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(__dirname, '../../docs/adr')
const files = readdirSync(folder).sort()

describe('test/walls/decisions', () => {
  it('gives each recorded decision a number of its own, without a gap', () => {
    const numbers = files.map((file) => Number(file.slice(0, 4)))

    expect(numbers).toEqual(files.map((_, index) => index + 1))
  })

  it.each(files)('%s begins with its number and its status', (file) => {
    const text = readFileSync(join(folder, file), 'utf8')

    expect(text).toMatch(new RegExp(`^# ${file.slice(0, 4)} \\S.*\n\n\\*\\*Status\\*\\*: `))
  })
})
