const keys = {
  github: 'webhook.github.secret',
  gitlab: 'webhook.gitlab.secret',
  registry: 'webhook.registry.secret',
  ci: 'webhook.ci.token',
} as const

/** The secrets that webhooks are verified by, from argocd-secret; a provider without one is absent. */
export function webhookSecrets(argocdSecret: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.entries(keys).map(([provider, key]) => [provider, argocdSecret[key] ?? ''] as const)
  return Object.fromEntries(found.filter(([, secret]) => secret !== ''))
}
