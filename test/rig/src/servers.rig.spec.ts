import { connect as connectNats } from '@nats-io/transport-node'
import { Redis } from 'ioredis'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
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
    await good.quit()
    const bare = connectTls({ port: redis.port, ca: authority.ca })
    const [refusal] = (await once(bare, 'error')) as [Error & { code: string }]
    expect(refusal.code).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
    bare.destroy()
    await redis.stop()
  })
})
