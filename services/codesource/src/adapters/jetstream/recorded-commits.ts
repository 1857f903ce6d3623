import { commitRecord, type CommitRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
import type { CommitRecords } from '../../domain/ports'

/** The commits of the last days that were made here. */
export class RecordedCommits implements CommitRecords {
  private readonly records: Records<CommitRecord>

  constructor(bus: Bus) {
    this.records = bus.records(commitRecord)
  }

  async list(): Promise<readonly CommitRecord[]> {
    return (await this.records.list()).map(({ value }) => value)
  }

  async write(record: CommitRecord): Promise<void> {
    await this.records.put(keyOf(record), record)
  }

  async delete(record: CommitRecord): Promise<void> {
    await this.records.delete(keyOf(record))
  }
}

function keyOf({ repository, commit }: CommitRecord): string {
  return `${repository.token}.${commit}`
}
