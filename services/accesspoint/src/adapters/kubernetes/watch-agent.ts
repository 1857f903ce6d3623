import { Agent, buildConnector } from 'undici'

/** The server speaks HTTP/1.1 only: watches would queue up behind each other on one connection. */
class NoHttp2Error extends Error {}

/** Connections for watches: a few that all of them share over HTTP/2, or one for each where the server has none. */
export class WatchAgent {
  private agent: Agent
  private isShared = true

  constructor(private readonly options: buildConnector.BuildOptions) {
    this.agent = new Agent({
      connect: http2Only(options),
      connections: 4,
      pipelining: 100,
      allowH2: true,
      bodyTimeout: 0,
    })
  }

  get dispatcher(): Agent {
    return this.agent
  }

  /** Whether a watch that failed so should be tried once more, over HTTP/1.1. */
  fallsBackAfter(error: unknown): boolean {
    if (!(error instanceof NoHttp2Error)) return false
    if (this.isShared) {
      void this.agent.close()
      this.agent = new Agent({ connect: this.options, allowH2: false, bodyTimeout: 0 })
      this.isShared = false
    }
    return true
  }

  destroy(): Promise<void> {
    return this.agent.destroy()
  }
}

function http2Only(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector({ ...options, allowH2: true })
  return (target, callback) =>
    connect(target, (...result) => {
      const [error, socket] = result
      if (error || ('alpnProtocol' in socket && socket.alpnProtocol === 'h2')) return callback(...result)
      socket.destroy()
      callback(new NoHttp2Error('the server has no HTTP/2'), null)
    })
}
