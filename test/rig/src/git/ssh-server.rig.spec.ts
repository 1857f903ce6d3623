import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeDir, tempDir } from '../temp-dir'
import { git } from './git-command'
import { commitFiles, gitRepo, headOf } from './repository'
import { startSshGitServer, type SshGitServer } from './ssh-server'

describe('test/rig/src/git/ssh-server', () => {
  const dir = tempDir('git-ssh')
  const root = join(dir, 'root')
  let server: SshGitServer
  let env: { GIT_SSH_COMMAND: string }

  beforeAll(async () => {
    server = await startSshGitServer({ root, dir: join(dir, 'sshd') })
    const known = join(dir, 'known_hosts')
    writeFileSync(known, server.knownHosts)
    const options = `-F /dev/null -o UserKnownHostsFile=${known} -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes`
    env = { GIT_SSH_COMMAND: `ssh -i ${server.privateKeyPath} ${options}` }
  })

  afterAll(async () => {
    await server.stop()
    removeDir(dir)
  })

  it('serves clones and takes pushes', async () => {
    const repo = await gitRepo(root, 'shop')
    await commitFiles(repo, { a: '1' })
    const clone = join(dir, 'clone')
    await git(['clone', '--quiet', server.urlOf('shop'), clone], { env })
    await git(['-C', clone, 'commit', '--quiet', '--allow-empty', '-m', 'more'])
    await git(['-C', clone, 'push', '--quiet', 'origin', 'main'], { env })
    expect(await headOf(repo)).toBe(await git(['-C', clone, 'rev-parse', 'HEAD']))
  })

  it('serves nothing outside its root', async () => {
    const outside = await gitRepo(dir, 'outside')
    await expect(git(['ls-remote', `${server.url}${outside}`], { env })).rejects.toThrow('git only')
    await expect(git(['ls-remote', `${server.url}${root}/../outside.git`], { env })).rejects.toThrow('git only')
  })
})
