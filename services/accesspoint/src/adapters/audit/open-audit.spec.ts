import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccessRecorded, FactDraft } from '@k8or/contracts'
import { eventually } from '@k8or/rig'
import { chainStart, findBreak, type UnchainedRecord } from '../../domain/audit/chain'
import { AuditFullError } from '../../domain/ports'
import { openAudit, type OpenAudit } from './open-audit'

const record: UnchainedRecord = {
  ...{ at: '2026-01-01T00:00:00.000Z', caller: 'spiffe://k8or.mesh/svc/syncmaster', cluster: 'far', verb: 'get' },
  ...{ method: 'GET', path: '/version', phase: 'outcome', outcome: 'allowed', rule: 'r', reason: '', status: 200 },
}

/** Stands for the bus: keeps what is published, each id once, or is away. */
class MemoryPublisher {
  readonly facts = new Map<string, FactDraft<AccessRecorded>>()
  isAway = false

  async publish(_: unknown, draft: FactDraft<unknown>): Promise<{ id: string; sequence: number; duplicate: boolean }> {
    if (this.isAway) throw new Error('the bus is away')
    const duplicate = this.facts.has(draft.id)
    this.facts.set(draft.id, draft as FactDraft<AccessRecorded>)
    return { id: draft.id, sequence: this.facts.size, duplicate }
  }

  get records(): AccessRecorded[] {
    return [...this.facts.values()].map((fact) => fact.data)
  }
}

describe('services/accesspoint/src/adapters/audit/open-audit', () => {
  let dir = ''
  let publisher = new MemoryPublisher()
  const troubles: string[] = []
  const begun: string[] = []

  beforeEach(() => {
    troubles.length = begun.length = 0
    dir = mkdtempSync(join(tmpdir(), 'k8or-accesspoint-audit-'))
    publisher = new MemoryPublisher()
  })

  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  function open(maxBytes = 1 << 20): OpenAudit {
    const onTrouble = (what: string, { message }: Error): void => void troubles.push(`${what}: ${message}`)
    return openAudit({ dir, maxBytes, publisher, onTrouble, onBegun: (replica) => void begun.push(replica) })
  }

  function segments(): string[] {
    return readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
  }

  it('C52.4 has a record on disk before it says so, and ships it', async () => {
    const audit = open()
    audit.log.note(record, 'web_1')
    await audit.log.settle()
    expect(readFileSync(join(dir, segments()[0] ?? ''), 'utf8')).toContain('"sequence":1')
    await audit.close()
    const [fact] = publisher.facts.values()
    expect(fact).toMatchObject({ token: 'web_1', actor: 'service:syncmaster', causes: [] })
    expect(findBreak(publisher.records, chainStart)).toBeUndefined()
  })

  it('goes on with the same chain after a restart, also when everything was shipped and removed', async () => {
    for (let run = 0; run < 3; run++) {
      const audit = open()
      for (let i = 0; i < 5; i++) audit.log.note({ ...record, path: `/${run}/${i}` }, '_')
      await audit.close()
      if (run === 1) for (const name of segments()) rmSync(join(dir, name))
    }
    expect(publisher.records).toHaveLength(15)
    expect(findBreak(publisher.records, chainStart)).toBeUndefined()
  })

  it('cuts off a line that a crash has torn, and goes on behind the last whole one', async () => {
    const first = open()
    for (let i = 0; i < 3; i++) first.log.note(record, '_')
    publisher.isAway = true
    await first.close()
    appendFileSync(join(dir, segments()[0] ?? ''), '{"token":"_","record":{"replica"\0\0\0')
    publisher.isAway = false
    const second = open()
    second.log.note(record, '_')
    await second.close()
    expect(publisher.records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
    expect(findBreak(publisher.records, chainStart)).toBeUndefined()
  })

  it('refuses when there is no room left, and takes records again once they are shipped', async () => {
    publisher.isAway = true
    const audit = open(20_000)
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) {
        audit.log.note(record, '_')
        await audit.log.settle()
      }
    }
    await expect(fill()).rejects.toThrow(AuditFullError)
    const kept = segments().reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)
    // The next segment lies there already.
    expect(kept).toBeLessThanOrEqual(25_000)
    await audit.close()
    publisher.isAway = false
    const again = open(20_000)
    await again.close()
    const roomy = open(20_000)
    expect(() => roomy.log.note(record, '_')).not.toThrow()
    await roomy.close()
    expect(findBreak(publisher.records, chainStart)).toBeUndefined()
  })

  it('refuses while the disk takes nothing, and goes on with the same chain once it does', async () => {
    publisher.isAway = true
    const audit = open(20_000)
    const noteOne = async (): Promise<void> => {
      audit.log.note(record, '_')
      await audit.log.settle()
    }
    const away = `${dir}.away`
    renameSync(dir, away)
    writeFileSync(dir, '')
    try {
      await expect(
        (async () => {
          for (let i = 0; i < 100; i++) await noteOne()
        })(),
      ).rejects.toThrow('access records can not be written')
      expect(() => audit.log.note(record, '_')).toThrow(/free the disk/)
    } finally {
      rmSync(dir)
      renameSync(away, dir)
    }
    await eventually(() => noteOne().then(() => true))
    publisher.isAway = false
    await audit.close()
    expect(findBreak(publisher.records, chainStart)).toBeUndefined()
  })

  /** One record is shipped, the next one is lost with the folder while the bus is away; answers how to note another. */
  const loseFolder = async (audit: ReturnType<typeof open>): Promise<(path: string) => Promise<void>> => {
    const noteOne = async (path: string): Promise<void> => {
      audit.log.note({ ...record, path }, '_')
      await audit.log.settle()
    }
    await noteOne('/shipped')
    await eventually(() => publisher.facts.size === 1)
    publisher.isAway = true
    await noteOne('/lost')
    rmSync(dir, { recursive: true })
    return noteOne
  }

  it('goes on when its folder is emptied, says what is lost, and shows it by a gap in the chain', async () => {
    const audit = open()
    const noteOne = await loseFolder(audit)
    await noteOne('/lost too')
    await eventually(() => troubles.some((trouble) => trouble.startsWith('access records are lost')))
    expect(troubles.join()).toMatch(/records of \w+ after 1 that were not shipped yet/)
    publisher.isAway = false
    await noteOne('/after')
    await audit.close()
    const again = open()
    again.log.note({ ...record, path: '/again' }, '_')
    await again.close()
    expect(publisher.records.map(({ path }) => path)).toEqual(['/shipped', '/after', '/again'])
    expect(new Set(publisher.records.map(({ replica }) => replica)).size).toBe(1)
    expect(findBreak(publisher.records, chainStart)).toMatch(/does not follow record 1/)
  }, 20_000)

  it('says what is lost also where nothing can be written to the folder, and goes on once it can', async () => {
    const audit = open()
    const noteOne = await loseFolder(audit)
    // In the way of the cursor.
    mkdirSync(join(dir, 'shipped.json.new'), { recursive: true })
    await noteOne('/lost too')
    const isTold = (what: string) => troubles.some((trouble) => trouble.startsWith(what))
    await eventually(() => isTold('access records are lost'))
    rmSync(join(dir, 'shipped.json.new'), { recursive: true })
    publisher.isAway = false
    await noteOne('/after')
    await audit.close()
    expect(troubles.filter((trouble) => trouble.startsWith('access records are lost'))).toHaveLength(1)
    expect(readFileSync(join(dir, 'replica'), 'utf8')).toBe(publisher.records[0]?.replica)
    expect(publisher.records.map(({ path }) => path)).toEqual(['/shipped', '/after'])
  }, 20_000)

  it('begins a new chain, and says so, where its folder was emptied while nobody looked', async () => {
    const first = open()
    first.log.note(record, '_')
    await first.close()
    rmSync(dir, { recursive: true })
    const second = open()
    second.log.note(record, '_')
    await second.close()
    expect(begun).toEqual(publisher.records.map(({ replica }) => replica))
    expect(new Set(begun).size).toBe(2)
    expect(publisher.records.map(({ sequence }) => sequence)).toEqual([1, 1])
  })

  it('removes from the disk what was shipped as a whole', async () => {
    const audit = open(20_000)
    for (let i = 0; i < 200; i++) {
      audit.log.note({ ...record, path: `/${i}` }, '_')
      await audit.log.settle()
      if (i % 20 === 0) await eventually(() => publisher.facts.size > i)
    }
    await eventually(() => publisher.facts.size === 200)
    await eventually(() => segments().length <= 2)
    await audit.close()
    expect(publisher.records.map(({ path }) => path)).toEqual(Array.from({ length: 200 }, (_, i) => `/${i}`))
  })

  it('writes those who wait at the same moment together, in order', async () => {
    const audit = open()
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        audit.log.note({ ...record, path: `/${i}` }, '_')
        await audit.log.settle()
      }),
    )
    await audit.close()
    expect(publisher.records.map(({ path }) => path)).toEqual(Array.from({ length: 200 }, (_, i) => `/${i}`))
  })

  it('keeps its name and hides its records from others', async () => {
    await open().close()
    const name = readFileSync(join(dir, 'replica'), 'utf8')
    const audit = open()
    audit.log.note(record, '_')
    await audit.close()
    expect(publisher.records[0]?.replica).toBe(name)
    expect(statSync(join(dir, segments()[0] ?? '')).mode & 0o077).toBe(0)
  })
})
