/**
 * Who may import whom, by the tags in each package.json ("nx": {"tags": ["type:…", "scope:…"]}). A project without a
 * tag of this table cannot import any other. Specs may also use the rig, which starts the real servers.
 */
export function boundaries({ inSpecs = false } = {}) {
  const allow = (sourceTag, ...tags) => ({
    sourceTag,
    onlyDependOnLibsWithTags: inSpecs ? [...tags, 'scope:rig'] : tags,
  })
  return {
    allow: [],
    banTransitiveDependencies: false,
    ignoredCircularDependencies: [['*', '@k8or/rig']],
    depConstraints: [
      allow('type:service', 'type:contract', 'type:lib'),
      allow('type:lib', 'type:contract', 'type:lib'),
      {
        ...allow('type:contract', 'type:contract'),
        ...(inSpecs ? {} : { allowedExternalImports: ['zod', '@bufbuild/protobuf'] }),
      },
      allow('type:ui', 'type:contract'),
      allow('type:host', 'type:service', 'type:lib', 'type:contract'),
      allow('type:test', 'type:host', 'type:service', 'type:lib', 'type:contract'),
    ],
  }
}
