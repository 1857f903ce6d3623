import { removeDir, tempDir } from '@k8or/rig'
import dns from 'node:dns/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mirrorsIn } from '../../../test/mirrors-in'
import { namedRepository } from './git-mirrors'

const signal = new AbortController().signal
const advertisement = { 'content-type': 'application/x-git-upload-pack-advertisement' }

/** What a host does that never comes to an end. */
const hosts: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'says nothing': () => undefined,
  'begins and says no more': (response) => response.writeHead(200, advertisement).flushHeaders(),
  'sends a byte now and then': (response) => {
    response.writeHead(200, advertisement)
    const drip = setInterval(() => response.write('0'), 20)
    response.once('close', () => clearInterval(drip))
  },
}

describe('services/codesource/src/adapters/git/silent-hosts.rig', () => {
  const dir = tempDir('silent')
  const { mirrors } = mirrorsIn(dir)
  let answer: (response: ServerResponse) => void = () => undefined
  /** Git itself gets a page, which it takes for an empty repository: only our own question tells. */
  const host = createServer((request, response) => {
    if (request.headers['user-agent'] === 'git/k8or') return answer(response)
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')
  })
  const fetch = (url: string) => mirrors.fetch(namedRepository(url), { withHead: false, refs: [], signal })
  const urlOf = (name: string) => `http://localhost:${(host.address() as AddressInfo).port}/${name}.git`
  const untold = (url: string, why: string) => ({
    problem: { reason: 'RepositoryUnreachable', message: `repository ${url} can not be reached: ${why}` },
    isTransient: true,
  })

  beforeAll(() => new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve)))
  afterEach(() => jest.restoreAllMocks())
  afterAll(() => {
    mirrors.close()
    host.closeAllConnections()
    host.close()
    removeDir(dir)
  })

  /** Deadlines are over twenty times sooner: still so far apart that a busy machine keeps their order. */
  const hurry = () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal)
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 20))
  }

  it.each(Object.entries(hosts))('takes no host that %s for an empty repository', async (what, does) => {
    hurry()
    answer = does
    const url = urlOf(what.replaceAll(' ', '-'))
    await expect(fetch(url)).rejects.toMatchObject(untold(url, 'it did not answer in time'))
  })

  it('says after a quarter of a minute that a host is silent', async () => {
    answer = () => undefined
    const url = urlOf('silent')
    const began = performance.now()
    await expect(fetch(url)).rejects.toMatchObject(untold(url, 'it did not answer in time'))
    expect(performance.now() - began).toBeLessThan(28_000)
  }, 60_000)

  it('gives up a name that is not resolved, asks for it once at a time, and knows it when the answer comes', async () => {
    hurry()
    const late = Promise.withResolvers<{ address: string; family: number }[]>()
    const lookup = jest.spyOn(dns, 'lookup').mockReturnValue(late.promise as never)
    const url = `http://slow.example:${(host.address() as AddressInfo).port}/a.git`
    const why = 'could not resolve host slow.example: the resolver does not answer'
    for (let time = 0; time < 2; time++) await expect(fetch(url)).rejects.toMatchObject(untold(url, why))
    late.resolve([{ address: '127.0.0.1', family: 4 }])
    await late.promise
    await expect(fetch(url)).rejects.toMatchObject(untold(url, 'it did not answer in time'))
    expect(lookup).toHaveBeenCalledTimes(1)
  })
})
