/** What git sees of the machine: where programs are, and nothing else. */
export interface GitPlace {
  readonly path: string
  /** A folder of the service's own; no user's configuration reaches git. */
  readonly home: string
}

/** One git setting, by name and value. */
export type GitSetting = readonly [name: string, value: string]

const always: readonly GitSetting[] = [
  ['protocol.version', '2'],
  ['gc.auto', '0'],
  ['advice.fetchShowForcedUpdates', 'false'],
  // A mirror is made again when it is broken: to wait for the disk would only cost time.
  ['core.fsync', 'none'],
  ['core.hooksPath', '/dev/null'],
  ['safe.directory', '*'],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '20'],
]

/** The environment of a git command on a mirror; settings travel in it, so that no argument shows a password. */
export function gitEnvironment(
  place: GitPlace,
  mirror: string,
  settings: readonly GitSetting[] = [],
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const all = [...always, ...settings]
  const numbered = all.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return {
    PATH: place.path,
    HOME: place.home,
    LC_ALL: 'C',
    GIT_DIR: mirror,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'http:https:ssh',
    GIT_CONFIG_COUNT: String(all.length),
    ...(Object.fromEntries(numbered) as Record<string, string>),
    ...extra,
  }
}
