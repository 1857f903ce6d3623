import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Raised whenever a column is added or read differently: an index of another version is thrown away and built again. */
const version = 3

const schema = `
  CREATE TABLE facts (
    stream TEXT NOT NULL, sequence INTEGER NOT NULL, id TEXT NOT NULL, fact TEXT NOT NULL, owner TEXT NOT NULL,
    token TEXT NOT NULL, time INTEGER NOT NULL, correlation TEXT NOT NULL, causes TEXT NOT NULL, actor TEXT NOT NULL,
    traceparent TEXT NOT NULL, application TEXT NOT NULL, application_name TEXT NOT NULL, cluster TEXT NOT NULL,
    release INTEGER NOT NULL, sync TEXT NOT NULL, repository TEXT NOT NULL, commits TEXT NOT NULL,
    image TEXT NOT NULL, outcome TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (stream, sequence)
  ) WITHOUT ROWID;
  CREATE INDEX facts_by_id ON facts (id);
  CREATE INDEX facts_by_application ON facts (application, fact, time, cluster, release, outcome) WHERE application <> '';
  CREATE INDEX facts_by_name ON facts (application_name, time) WHERE application_name <> '';
  CREATE INDEX facts_by_release ON facts (application, release) WHERE release > 0;
  CREATE INDEX facts_by_sync ON facts (sync) WHERE sync <> '';
  CREATE INDEX facts_by_repository ON facts (repository, time) WHERE repository <> '';
  CREATE INDEX facts_by_image ON facts (image, time) WHERE image <> '';
  CREATE INDEX facts_by_correlation ON facts (correlation);
  CREATE INDEX facts_by_time ON facts (time);
  CREATE TABLE commits (hash TEXT NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (hash, stream, sequence)) WITHOUT ROWID;
  CREATE TABLE effects (cause TEXT NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (cause, stream, sequence)) WITHOUT ROWID;
  CREATE TABLE cursors (stream TEXT PRIMARY KEY, sequence INTEGER NOT NULL, created TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE gaps (
    stream TEXT NOT NULL, cause TEXT NOT NULL, noticed_at INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    facts INTEGER NOT NULL, PRIMARY KEY (stream, cause, noticed_at)
  ) WITHOUT ROWID;
`

/** Opens the index, or an empty one where there is none, a broken one, or one of another version. */
export function openIndex(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true })
  const found = openReadable(file)
  if (found !== undefined) return found
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
  const database = open(file)
  // What is removed gives its pages back; that is settled before the first table is made.
  database.exec(`PRAGMA auto_vacuum = INCREMENTAL; VACUUM; ${schema}PRAGMA user_version = ${version}`)
  return database
}

function openReadable(file: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined
  try {
    database = open(file)
    const found = database.prepare('PRAGMA user_version').get()?.['user_version']
    if (found === version) return database
  } catch {
    // A file that is no database, or one that was cut off: a view is made again, not repaired.
  }
  database?.close()
  return undefined
}

/** A lost write is read again from the stream, so the file is never waited for. */
function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000')
  return database
}
