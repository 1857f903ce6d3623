import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { events, parseFact, readEnvelope, typeOf, writeFact, type EventDefinition } from './index'

const folder = join(__dirname, '../samples')

interface Sample {
  readonly name: string
  readonly event: EventDefinition | undefined
  readonly json: Record<string, unknown> & { data: object }
}

const samples: readonly Sample[] = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.json'))
  .sort()
  .map((path) => {
    const [fact, version] = path.split('/')
    const event = events.find((candidate) => candidate.fact === fact && `v${candidate.version}` === version)
    return { name: path, event, json: JSON.parse(readFileSync(join(folder, path), 'utf8')) }
  })

describe('libs/contracts/src/samples', () => {
  it('holds a golden message of every fact', () => {
    const missing = events.filter((event) => !samples.some((sample) => sample.event === event))
    expect(missing.map(typeOf)).toEqual([])
  })

  it.each(samples.map((sample) => [sample.name, sample] as const))('still accepts %s', (_, { event, json }) => {
    const fact = parseFact(event!, json)
    expect(fact).toMatchObject({ id: json['id'], token: json['subject'], correlationId: json['correlationid'] })
    expect(fact.causes.join(' ')).toBe(json['causes'])
  })

  it.each(samples.map((sample) => [sample.name, sample] as const))(
    'tolerates what is not known yet in %s',
    (_, sample) => {
      const newer = { ...sample.json, newattribute: 'x', data: { ...sample.json.data, newField: { nested: true } } }
      expect(parseFact(sample.event!, newer).id).toBe(sample.json['id'])
    },
  )

  it.each(samples.map((sample) => [sample.name, sample] as const))(
    'writes what it read of %s',
    (_, { event, json }) => {
      const fact = parseFact(event!, json)
      const { token, causes, correlationId, actor, data, id } = fact
      const traceparent = fact.traceparent === undefined ? {} : { traceparent: fact.traceparent }
      const draft = { id, token, causes, correlationId, actor, data, time: new Date(fact.time), ...traceparent }
      expect(writeFact(event!, draft)).toEqual(readBack(json, data))
    },
  )

  it('C32.3 names who, what and when in every fact; what lacks one of them is none', () => {
    for (const { json } of samples)
      for (const name of ['actor', 'type', 'time']) {
        expect(json[name]).toMatch(/./)
        expect(() => readEnvelope({ ...json, [name]: undefined })).toThrow(name)
      }
  })

  it('refuses what is of another type, and what has no envelope', () => {
    const [first, last] = [samples[0]!, samples.at(-1)!]
    expect(() => parseFact(last.event!, { ...last.json, type: first.json['type'] })).toThrow(/expected a/)
    expect(() => readEnvelope({ data: {} })).toThrow()
  })
})

/** A sample as it is written today: fields that came later have their defaults. */
function readBack(json: Sample['json'], data: unknown): object {
  return { ...json, data }
}
