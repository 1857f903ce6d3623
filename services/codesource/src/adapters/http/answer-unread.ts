import type { ServerResponse } from 'node:http'

/** How long a sender has to see the answer while it is still sending what nobody reads. */
const lingerMs = 1_000
const mostLingering = 64

/** Answers requests whose bodies are not read to their end, and cuts them off. */
export class UnreadAnswers {
  private lingering = 0

  /**
   * The answer goes out whole at once; the connection is closed a little later, because closing it while the body is on its
   * way would take the answer with it.
   */
  send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: object): void {
    const text = JSON.stringify(body)
    const length = String(Buffer.byteLength(text))
    const type = 'application/json; charset=utf-8'
    response.req.pause()
    response.writeHead(status, { ...headers, 'content-type': type, 'content-length': length, connection: 'close' })
    response.write(text)
    if (this.lingering >= mostLingering) {
      response.destroy()
      return
    }
    this.lingering += 1
    const cut = setTimeout(() => response.destroy(), lingerMs)
    response.once('close', () => {
      clearTimeout(cut)
      this.lingering -= 1
    })
  }
}
