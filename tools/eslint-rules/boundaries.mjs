/**
 * Who may import whom, by the tags in each package.json ("nx": {"tags": ["type:…", "scope:…"]}). A project without a
 * tag of this table cannot import any other. Tests may also use the rig, which starts the real servers.
 */
export function boundaries({ inTests = false } = {}) {
  const allow = (sourceTag, ...tags) => ({
    sourceTag,
    onlyDependOnLibsWithTags: inTests ? [...tags, 'scope:rig'] : tags,
  })
  return {
    allow: [],
    banTransitiveDependencies: false,
    // The command loads a service's domain when it is asked for it, and the services whole: both are right.
    checkDynamicDependenciesExceptions: ['@k8or/**'],
    ignoredCircularDependencies: [['*', '@k8or/rig']],
    depConstraints: [
      allow('type:service', 'type:contract', 'type:lib'),
      allow('type:lib', 'type:contract', 'type:lib'),
      {
        ...allow('type:contract', 'type:contract'),
        ...(inTests ? {} : { allowedExternalImports: ['zod', '@bufbuild/protobuf'] }),
      },
      allow('type:ui', 'type:contract'),
      allow('type:host', 'type:service', 'type:lib', 'type:contract'),
    ],
  }
}
