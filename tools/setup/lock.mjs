import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Does work while no other process of this checkout does it; the lock of a dead process is taken over. */
export async function withLock(path, work) {
  await take(path)
  const release = () => rmSync(path, { recursive: true, force: true })
  process.once('exit', release)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

async function take(path) {
  for (let isTold = false; !tryTake(path); isTold = true) {
    const owner = ownerOf(path)
    if (owner === undefined || !isAlive(owner)) await removeDead(path, owner)
    else if (!isTold) console.log(`setup: waiting for another setup of this checkout (process ${owner})`)
    await delay(250)
  }
}

function tryTake(path) {
  mkdirSync(dirname(path), { recursive: true })
  try {
    mkdirSync(path)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(join(path, 'pid'), String(process.pid))
  return true
}

function ownerOf(path) {
  try {
    return Number(readFileSync(join(path, 'pid'), 'utf8')) || undefined
  } catch {
    return undefined
  }
}

// A lock without an owner may be one that is being taken right now: it is given a moment.
async function removeDead(path, owner) {
  if (owner === undefined) await delay(1000)
  if (ownerOf(path) !== owner) return
  const grave = `${path}.${process.pid}`
  try {
    renameSync(path, grave)
  } catch {
    return
  }
  rmSync(grave, { recursive: true, force: true })
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
