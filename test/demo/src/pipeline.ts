import type { DrivenRepository, RegistryClient } from '@k8or/rig'

/** The application's code and what builds it: a commit becomes an image in the registry. */
export class Pipeline {
  constructor(
    readonly code: DrivenRepository,
    private readonly registry: RegistryClient,
  ) {}

  /** The image without its tag. */
  get image(): string {
    return `${this.registry.access.host}/shop/web`
  }

  /** Somebody commits a version of the code. */
  async commit(version: string, text: string): Promise<string> {
    const { after } = await this.code.commit({ 'server.txt': `${text}\n`, VERSION: `${version}\n` }, text)
    return after
  }

  /** Builds the image of a commit and pushes it; the registry tells whom it may concern. */
  build(version: string, commit: string): Promise<string> {
    return this.registry.push('shop/web', version, {
      files: { 'app/server': `serves ${version}`, 'app/commit': commit },
      labels: { 'org.opencontainers.image.revision': commit, 'org.opencontainers.image.version': version },
      created: new Date().toISOString(),
    })
  }
}
