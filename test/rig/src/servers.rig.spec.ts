import { connect as connectNats } from '@nats-io/transport-node'
import { Redis } from 'ioredis'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestAuthority } from './certificates'
import { freePort } from './free-port'
import { startNats } from './nats'
import { startRedis } from './redis'
import { removeDir, tempDir } from './temp-dir'

describe('test/rig/src', () => {
  const dir = tempDir('servers')
  afterAll(() => removeDir(dir))

  it('starts a NATS server', async () => {
    const port = await freePort()
    const nats = await startNats({ dir, port })
    const connection = await connectNats({ servers: `127.0.0.1:${port}` })
    expect(connection.info?.jetstream).toBe(true)
    await connection.close()
    await nats.stop()
  })

  it('starts a Redis that refuses clients without a certificate', async () => {
    const authority = await TestAuthority.create()
    const server = await authority.issue({ subject: 'CN=redis', dnsNames: ['localhost'], ips: ['127.0.0.1'] })
    const client = await authority.issue({ subject: 'CN=client' })
    const tls = { ca: join(dir, 'ca.crt'), cert: join(dir, 'tls.crt'), key: join(dir, 'tls.key') }
    writeFileSync(tls.ca, authority.ca)
    writeFileSync(tls.cert, server.cert)
    writeFileSync(tls.key, server.key)
    const redis = await startRedis({ dir: join(dir, 'redis'), tls })
    const good = new Redis(redis.url, { tls: { ca: authority.ca, ...client }, maxRetriesPerRequest: 1 })
    expect(await good.ping()).toBe('PONG')
    good.disconnect()
    const bare = new Redis(redis.url, {
      tls: { ca: authority.ca },
      retryStrategy: null,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
    })
    bare.on('error', () => undefined)
    await expect(bare.ping()).rejects.toThrow()
    bare.disconnect()
    await redis.stop()
  })
})
