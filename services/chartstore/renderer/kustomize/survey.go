package kustomize

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"

	"k8or/renderer/core"
)

var remote = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9+.-]*://|git::|git@|[\w.-]+@[\w.-]+:|github\.com[/:])|\?(ref|version|timeout|submodules)=`)

// survey looks for all that a kustomization names, and all that those name: what is missing is told at once, and what
// would be fetched or executed is refused before anything runs.
func survey(files *core.Files, dir string) error {
	return (&surveyor{files, map[string]bool{}}).visit(core.Clean(dir))
}

type surveyor struct {
	files   *core.Files
	visited map[string]bool
}

func (s *surveyor) visit(dir string) error {
	if s.visited[dir] {
		return nil
	}
	s.visited[dir] = true
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := core.Clean(path.Join(dir, name))
		content, isThere := s.files.Read(file)
		if !isThere {
			continue
		}
		var read types.Kustomization
		if err := read.Unmarshal(content); err != nil {
			return &core.Problem{Reason: "InvalidKustomization", File: file, Message: fmt.Sprintf("%s: %v", file, err)}
		}
		read.FixKustomization()
		if err := s.follow(dir, file, &read); err != nil {
			return err
		}
	}
	return nil
}

func (s *surveyor) follow(dir, file string, read *types.Kustomization) error {
	if len(read.HelmCharts) > 0 || len(read.HelmChartInflationGenerator) > 0 {
		return core.Refuse("ToolNotSupported", file, "helmCharts",
			"%s inflates Helm charts, which is not supported yet: declare the chart as a source of its own in spec.sources", file)
	}
	for _, named := range namedBy(read) {
		if err := s.look(dir, file, named); err != nil {
			return err
		}
	}
	return nil
}

func (s *surveyor) look(dir, file string, named named) error {
	if named.path == "" || strings.Contains(named.path, "\n") {
		return nil
	}
	if remote.MatchString(named.path) {
		return core.Refuse("RemoteRefused", file, named.field,
			"%s: %s %q is remote and not fetched: copy it into the repository and name its path", file, named.field, named.path)
	}
	if path.IsAbs(named.path) || strings.HasPrefix(path.Join(dir, named.path), "..") {
		return core.Refuse("PathMissing", file, named.field,
			"%s: %s %q leaves the repository: name a path within it, relative to this file", file, named.field, named.path)
	}
	target := path.Join(dir, named.path)
	if s.files.IsDir(target) {
		return s.visit(core.Clean(target))
	}
	s.files.Has(target)
	return nil
}

type named struct{ field, path string }

// namedBy lists the paths that a kustomization names, by field.
func namedBy(k *types.Kustomization) []named {
	all := []named{{"openapi.path", k.OpenAPI["path"]}}
	lists := map[string][]string{
		"resources": k.Resources, "components": k.Components, "crds": k.Crds, "configurations": k.Configurations,
		"generators": k.Generators, "transformers": k.Transformers, "validators": k.Validators,
	}
	for field, paths := range lists {
		for _, name := range paths {
			all = append(all, named{field, name})
		}
	}
	for _, patch := range k.PatchesStrategicMerge {
		all = append(all, named{"patchesStrategicMerge", string(patch)})
	}
	for _, patch := range append(k.Patches, k.PatchesJson6902...) {
		all = append(all, named{"patches", patch.Path})
	}
	for _, replacement := range k.Replacements {
		all = append(all, named{"replacements", replacement.Path})
	}
	for _, generator := range k.ConfigMapGenerator {
		all = append(all, sourcesOf("configMapGenerator", generator.KvPairSources)...)
	}
	for _, generator := range k.SecretGenerator {
		all = append(all, sourcesOf("secretGenerator", generator.KvPairSources)...)
	}
	return all
}

func sourcesOf(field string, sources types.KvPairSources) []named {
	all := []named{}
	for _, file := range sources.FileSources {
		_, name, hasKey := strings.Cut(file, "=")
		if !hasKey {
			name = file
		}
		all = append(all, named{field + ".files", name})
	}
	for _, file := range append(sources.EnvSources, sources.EnvSource) {
		all = append(all, named{field + ".envs", file})
	}
	return all
}
