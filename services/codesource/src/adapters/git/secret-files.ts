import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Keys and certificates that git and ssh read from files: private to this process, gone when it stops. */
export class SecretFiles {
  constructor(private readonly dir: string) {
    this.clear()
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  }

  /** The path of a file with this content. */
  path(content: string): string {
    const text = content.endsWith('\n') ? content : `${content}\n`
    const path = join(this.dir, createHash('sha256').update(text).digest('hex').slice(0, 32))
    if (!existsSync(path)) writeFileSync(path, text, { mode: 0o600 })
    return path
  }

  clear(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}
