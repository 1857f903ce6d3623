import { userInfo } from 'node:os'

/** Environment that every server of the rig starts with: nothing of the caller's but what a program needs to run. */
export function baseEnvironment(): Record<string, string> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', TMPDIR } = process.env
  return { PATH, HOME: userInfo().homedir, LANG: 'C.UTF-8', ...(TMPDIR ? { TMPDIR } : {}) }
}

/** That of a supervisor, which chooses ports: within a test those of the test's worker. */
export function supervisorEnvironment(): Record<string, string> {
  const worker = testWorker()
  return { ...baseEnvironment(), ...(worker === undefined ? {} : { JEST_WORKER_ID: String(worker) }) }
}

/** Folders in which programs are looked up, the administrator's included: sshd is there. */
export function programFolders(): string[] {
  return [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean)
}

/** Which of the test workers that run beside each other this one is, from 1; undefined outside of tests. */
export function testWorker(): number | undefined {
  const { JEST_WORKER_ID } = process.env
  return JEST_WORKER_ID ? Number(JEST_WORKER_ID) : undefined
}
