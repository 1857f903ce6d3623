// Package kustomize renders kustomizations as `kustomize build` does, from files in memory.
package kustomize

import (
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"

	"k8or/renderer/core"
)

// Render builds the kustomization of a request. Nothing runs while something that it names is not among the files.
func Render(request *core.Request, files *core.Files) ([]core.Object, error) {
	if err := survey(files, request.Path); err != nil {
		return nil, err
	}
	if len(files.Misses()) > 0 {
		return nil, nil
	}
	memory, err := newFileSystem(files)
	if err != nil {
		return nil, err
	}
	built, err := krusty.MakeKustomizer(optionsOf(request.Kustomize)).Run(memory, "/"+core.Clean(request.Path))
	if err != nil {
		return nil, err
	}
	objects := make([]core.Object, 0, built.Size())
	for _, resource := range built.Resources() {
		json, err := resource.MarshalJSON()
		if err != nil {
			return nil, err
		}
		objects = append(objects, core.Object{File: strings.TrimPrefix(request.Path+"/kustomization.yaml", "/"), Object: json})
	}
	return objects, nil
}

func optionsOf(given core.KustomizeOptions) *krusty.Options {
	options := krusty.MakeDefaultOptions()
	options.AddManagedbyLabel = given.ManagedByLabel
	if given.LoadRestrictionsNone {
		options.LoadRestrictions = types.LoadRestrictionsNone
	}
	if given.Reorder != "" {
		options.Reorder = krusty.ReorderOption(given.Reorder)
	}
	return options
}
