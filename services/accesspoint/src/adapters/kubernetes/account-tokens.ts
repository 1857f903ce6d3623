import type { Clusters } from '@k8or/cluster-client'
import { hubCluster, type ServiceName } from '@k8or/contracts'
import { z } from 'zod'
import { serviceOfAccount, type ServiceAccounts } from '../../domain/certificate/service-of-account'

const timeoutMs = 5_000

const Review = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    audiences: z.array(z.string()).default([]),
    user: z.object({ username: z.string().default('') }).default({ username: '' }),
  }),
})

/** Tokens of pods, which the hub's API server knows: they were made for our trust domain, and end soon. */
export class AccountTokens {
  constructor(
    private readonly clusters: Pick<Clusters, 'create'>,
    private readonly accounts: ServiceAccounts,
    private readonly audience: string,
  ) {}

  /** The service whose pod a token was given to. @throws Later while the hub does not answer */
  async ownerOf(token: string, signal: AbortSignal): Promise<ServiceName | undefined> {
    const spec = { token, audiences: [this.audience] }
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: { name: '' }, spec }
    const answer = await this.clusters.create(hubCluster.name, review, { signal, timeoutMs })
    const { authenticated, audiences, user } = Review.parse(answer).status
    return authenticated && audiences.includes(this.audience)
      ? serviceOfAccount(this.accounts, user.username)
      : undefined
  }
}
