import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port'
import { isUp } from '../kube/readiness'
import { startProcess } from '../process/managed-process'
import { requireProgram } from '../process/program'

const run = promisify(execFile)

/** A git server over SSH with one user, who may do nothing but fetch and push. */
export interface SshGitServer {
  /** `ssh://user@localhost:port`, to which the absolute path of the root belongs. */
  readonly url: string
  /** URL of a repository. */
  urlOf(name: string): string
  /** The user's private key, OpenSSH format. */
  readonly privateKey: string
  /** Path of the private key, for `ssh -i`. */
  readonly privateKeyPath: string
  /** The server's line for a known_hosts file. */
  readonly knownHosts: string
  stop(): Promise<void>
}

/** Starts a real sshd on the loopback that serves the bare repositories of a folder. */
export async function startSshGitServer({ root, dir }: { root: string; dir: string }): Promise<SshGitServer> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const port = await freePort()
  const [hostKey, userKey] = [join(dir, 'host'), join(dir, 'user')]
  await Promise.all([hostKey, userKey].map(makeKey))
  writeFileSync(join(dir, 'git-only'), gitOnly(root), { mode: 0o755 })
  writeFileSync(join(dir, 'sshd_config'), sshdConfig(dir, port))
  allowPrivilegeSeparation()
  const sshd = await startProcess({
    name: 'sshd',
    command: requireProgram('sshd'),
    args: ['-D', '-e', '-f', join(dir, 'sshd_config')],
    logFile: join(dir, 'sshd.log'),
    ready: () => isUp(port),
  })
  const url = `ssh://${userInfo().username}@localhost:${port}`
  return {
    url,
    urlOf: (name) => `${url}${root}/${name}.git`,
    privateKey: readFileSync(userKey, 'utf8'),
    privateKeyPath: userKey,
    knownHosts: `[localhost]:${port} ${readFileSync(`${hostKey}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')}\n`,
    stop: () => sshd.stop(),
  }
}

function makeKey(path: string): Promise<unknown> {
  return run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'rig', '-f', path])
}

function sshdConfig(dir: string, port: number): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${dir}/host
AuthorizedKeysFile ${dir}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitUserEnvironment no
AllowTcpForwarding no
X11Forwarding no
PrintMotd no
AcceptEnv GIT_PROTOCOL
MaxStartups 200
ForceCommand ${dir}/git-only
`
}

function gitOnly(root: string): string {
  return `#!/bin/sh
case "$SSH_ORIGINAL_COMMAND" in
  *..*) ;;
  "git-upload-pack '${root}/"* | "git-receive-pack '${root}/"*)
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
    exec git shell -c "$SSH_ORIGINAL_COMMAND" ;;
esac
echo "this server does git only" >&2
exit 128
`
}

// Debian's sshd, when it runs as root, wants a folder that the service manager makes elsewhere.
function allowPrivilegeSeparation(): void {
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
}
