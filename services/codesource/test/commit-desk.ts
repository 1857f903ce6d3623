import type { CommitPushed, CommitRecord, FactDraft } from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import { gitEnvironment, removeDir, tempDir } from '@k8or/rig'
import { join } from 'node:path'
import { Connections } from '../src/adapters/git/smart-http/connections'
import { GitWriter } from '../src/adapters/git/writing/git-writer'
import { noAccess } from '../src/domain/repository/access'
import { RepositoryError } from '../src/domain/repository/remote'
import { Committing } from '../src/domain/commit/committing'
import { OwnCommits } from '../src/domain/commit/own-commits'
import type { Credentials } from '../src/domain/ports'
import { mirrorsIn } from './mirrors-in'

const signal = new AbortController().signal

/** Committing on real git, with a record and a bus that keep what they are given. */
export class CommitDesk {
  readonly dir = tempDir('desk')
  readonly rows = new Map<string, CommitRecord>()
  readonly facts: FactDraft<CommitPushed>[] = []
  readonly pushed: CommitRecord[] = []
  access = { ...noAccess }
  readAccess = { ...noAccess }
  isBusAway = false
  /** The host carries the next push out, and its answer is lost. */
  losesAnswers = false
  /** Somebody else pushes between our making and our pushing. */
  rival: (() => Promise<unknown>) | undefined
  private readonly connections = new Connections()
  readonly mirrors = this.newMirrors()
  readonly own = this.newOwn()
  readonly committing = this.start()

  private newMirrors() {
    const credentials: Credentials = {
      of: async (_url, options) => (options?.write ? this.access : this.readAccess),
    }
    return mirrorsIn(join(this.dir, 'mirrors'), { credentials, connections: this.connections }).mirrors
  }

  private newWriter() {
    const place = { path: gitEnvironment()['PATH'] ?? '', home: this.dir }
    return new GitWriter({ mirrors: this.mirrors, place, author: 'k8or mesh <noreply@k8or.dev>' })
  }

  newOwn() {
    const key = ({ repository, commit }: CommitRecord) => `${repository.token}.${commit}`
    return new OwnCommits({
      records: {
        list: async () => [...this.rows.values()],
        write: async (record) => void this.rows.set(key(record), record),
        delete: async (record) => void this.rows.delete(key(record)),
      },
      writer: this.newWriter(),
      announcer: {
        publish: async (_event, draft) => {
          if (this.isBusAway) throw new Later('the bus is away')
          this.facts.push(draft as unknown as FactDraft<CommitPushed>)
          return { duplicate: false }
        },
      },
      clock: () => new Date(),
    })
  }

  /** A process that knows nothing but disk and record. */
  start(own = this.own) {
    const writer = this.newWriter()
    const push = writer.push.bind(writer)
    writer.push = async (...args) => {
      await this.rival?.()
      const outcome = await push(...args)
      if (!this.losesAnswers) return outcome
      this.losesAnswers = false
      throw new RepositoryError({ reason: 'RepositoryUnreachable', message: 'no answer' }, true)
    }
    return new Committing({
      ...{ writer, own, clock: () => new Date(), signal, backOff: async () => undefined },
      traced: (_requests, run) => run(),
      onPushed: (record) => void this.pushed.push(record),
    })
  }

  stop() {
    this.mirrors.close()
    this.connections.close()
    removeDir(this.dir)
  }
}
