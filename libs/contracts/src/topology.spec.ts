import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as contracts from './index'
import {
  consumes,
  deadSubject,
  events,
  filterOf,
  historyFilter,
  records,
  replaySubject,
  services,
  streams,
  subjectOf,
  typeOf,
  type EventDefinition,
  type RecordDefinition,
} from './index'

const exported: Readonly<Record<string, unknown>> = contracts

const camelCase = (words: string): string => words.replace(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase())

const filesOf = (folder: string): string[] =>
  readdirSync(join(__dirname, folder), { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))

const matches = (filter: string, subject: string): boolean =>
  new RegExp(`^${filter.replaceAll('.', '\\.').replaceAll('*', '[^.]+').replace('>', '.+')}$`).test(subject)

const isDefinition = (value: unknown, mark: string): boolean =>
  typeof value === 'object' && value !== null && mark in value && 'owner' in value

describe('libs/contracts/src/topology', () => {
  describe('facts', () => {
    it('have one owner per subject, and one type each', () => {
      expect(new Set(events.map(filterOf)).size).toBe(events.length)
      expect(new Set(events.map(typeOf)).size).toBe(events.length)
      const owners = new Map<string, Set<string>>()
      for (const { fact, owner } of events) owners.set(fact, (owners.get(fact) ?? new Set()).add(owner))
      expect([...owners].filter(([, names]) => names.size > 1)).toEqual([])
    })

    it.each(events.map((event) => [event.fact, event] as const))(
      'agree in file, export and subject: %s',
      (fact, event) => {
        expect(filesOf('events')).toContain(`${event.owner}/${fact.replaceAll('.', '-')}.ts`)
        expect(exported[camelCase(fact)]).toBe(event)
        expect(exported[camelCase(`.${fact}`)]).toBe(event.schema)
        expect(subjectOf(event, 'token')).toBe(`k8or.${event.owner}.${fact}.token`)
        expect(fact).toMatch(/^[a-z]+\.[a-z]+$/)
      },
    )

    it('are all named, and none that is not defined', () => {
      expect(filesOf('events')).toHaveLength(events.length)
      const defined = Object.values(exported).filter((value) => isDefinition(value, 'fact')) as EventDefinition[]
      expect(new Set(defined)).toEqual(new Set(events))
    })

    it.each(events.map((event) => [event.fact, event] as const))('are kept by one stream alone: %s', (_, event) => {
      const keeping = Object.values(streams).filter(({ subjects }) =>
        subjects.some((filter) => matches(filter, subjectOf(event, 'token'))),
      )
      expect(keeping.map(({ name }) => name)).toEqual([event.stream])
    })

    it('of one application match one filter', () => {
      for (const event of events) {
        expect(matches(historyFilter('shop_1'), subjectOf(event, 'shop_1'))).toBe(true)
        expect(matches(historyFilter('shop_1'), subjectOf(event, 'shop_2'))).toBe(false)
      }
    })

    it('are all read by the index', () => {
      expect(new Set(consumes.insighthub)).toEqual(new Set(events))
    })
  })

  describe('records', () => {
    it('have a bucket each, and are all named', () => {
      expect(new Set(records.map(({ bucket }) => bucket)).size).toBe(records.length)
      const defined = Object.values(exported).filter(
        (value) => isDefinition(value, 'bucket') && isDefinition(value, 'schema'),
      )
      expect(new Set(defined as RecordDefinition[])).toEqual(new Set(records))
    })

    it.each(records.map((record) => [record.bucket, record] as const))('are read by services: %s', (_, record) => {
      for (const reader of record.readers) {
        expect(services).toContain(reader)
        expect(reader).not.toBe(record.owner)
      }
    })
  })

  it('keeps dead letters and replays of a service under its name', () => {
    expect(deadSubject('syncmaster', 'k8or.a.b.c.d')).toBe('dead.syncmaster.k8or.a.b.c.d')
    expect(replaySubject('syncmaster', 'k8or.a.b.c.d')).toBe('replay.syncmaster.k8or.a.b.c.d')
  })
})
