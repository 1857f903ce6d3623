/** Names around one KV bucket: the stream behind it, the subjects of its rows, and where stored rows are told. */
export interface BucketNames {
  readonly stream: string
  readonly rowPrefix: string
  readonly toldPrefix: string
}

/** The names of a bucket; stream and rows are as every NATS KV client knows them. */
export function bucketNames(bucket: string): BucketNames {
  return { stream: `KV_${bucket}`, rowPrefix: `$KV.${bucket}.`, toldPrefix: `row.${bucket}.` }
}

/** Whether a stream is the one behind a KV bucket. */
export function isBucket(stream: string): boolean {
  return stream.startsWith('KV_')
}

const validKey = /^[-/=\w]+(\.[-/=\w]+)*$/

/** Refuses a key that NATS KV does not take. */
export function assertKey(bucket: string, key: string): void {
  if (!validKey.test(key)) throw new Error(`${JSON.stringify(key)} can not be a key of ${bucket}`)
}
