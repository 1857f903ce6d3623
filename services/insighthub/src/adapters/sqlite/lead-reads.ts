import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { LeadFacts, Link, Step } from '../../domain/lead/milestones'

const link = 'id, fact, time, application, release, causes'

/** The questions; each is answered from an index of the table, the one that is asked most without the table. */
export const leadQueries = {
  newest: `SELECT ${link} FROM facts WHERE application = ? AND application <> '' AND fact = ? AND time >= ?
    ORDER BY time DESC LIMIT ?`,
  steps: `SELECT fact, time, cluster, release, outcome FROM facts WHERE application = ? AND application <> ''
    AND fact IN (SELECT value FROM json_each(?)) AND time >= ? ORDER BY time`,
  byIds: `SELECT ${link} FROM facts WHERE id IN (SELECT value FROM json_each(?))`,
}

/** Reads of facts what lead times are made of. */
export class LeadReads implements LeadFacts {
  constructor(private readonly database: DatabaseSync) {}

  newestLinks(application: string, fact: string, since: number, atMost: number): Link[] {
    return this.#links(leadQueries.newest, application, fact, since, atMost).toReversed()
  }

  steps(application: string, facts: readonly string[], since: number): Step[] {
    const rows = this.database.prepare(leadQueries.steps).all(application, JSON.stringify(facts), since)
    return rows as unknown as Step[]
  }

  linksByIds(ids: readonly string[]): Link[] {
    return this.#links(leadQueries.byIds, JSON.stringify(ids))
  }

  #links(query: string, ...values: SQLInputValue[]): Link[] {
    const rows = this.database.prepare(query).all(...values)
    return rows.map((row) => ({
      ...(row as unknown as Link),
      causes: String(row['causes']).split(' ').filter(Boolean),
    }))
  }
}
