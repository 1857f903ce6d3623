package helm

import (
	"encoding/json"
	"path"
	"strings"

	"helm.sh/helm/v4/pkg/chart/v2"

	"k8or/renderer/core"
)

// checkSchemas refuses schemas that lead elsewhere: Helm would fetch files and addresses for whoever wrote the chart.
func checkSchemas(chart *v2.Chart, dir string) error {
	if len(chart.Schema) > 0 {
		file := core.Clean(path.Join(dir, "values.schema.json"))
		var schema any
		if err := json.Unmarshal(chart.Schema, &schema); err != nil {
			return &core.Problem{Reason: "InvalidValues", File: file, Message: file + " is not JSON: " + err.Error()}
		}
		known := identities(schema, map[string]bool{})
		if reference := remoteReference(schema, known); reference != "" {
			return core.Refuse("RemoteRefused", file, "$ref",
				"%s refers to %s, which is not fetched: write the definition into the schema, or set spec.source.helm.skipSchemaValidation", file, reference)
		}
	}
	for _, dependency := range chart.Dependencies() {
		if err := checkSchemas(dependency, path.Join(dir, "charts", dependency.Name())); err != nil {
			return err
		}
	}
	return nil
}

func identities(schema any, known map[string]bool) map[string]bool {
	each(schema, func(key, text string) {
		if key == "$id" || key == "id" {
			known[withoutFragment(text)] = true
		}
	})
	return known
}

func remoteReference(schema any, known map[string]bool) string {
	found := ""
	each(schema, func(key, text string) {
		isReference := key == "$ref" || key == "$dynamicRef" || key == "$recursiveRef" || key == "$schema"
		if isReference && !isHere(text, known) {
			found = text
		}
	})
	return found
}

func isHere(reference string, known map[string]bool) bool {
	bare := withoutFragment(reference)
	isStandard := strings.HasPrefix(bare, "http://json-schema.org/") || strings.HasPrefix(bare, "https://json-schema.org/")
	return bare == "" || known[bare] || isStandard
}

func withoutFragment(reference string) string {
	bare, _, _ := strings.Cut(reference, "#")
	return bare
}

func each(value any, visit func(key, text string)) {
	switch at := value.(type) {
	case map[string]any:
		for key, inner := range at {
			if text, isText := inner.(string); isText {
				visit(key, text)
			}
			each(inner, visit)
		}
	case []any:
		for _, inner := range at {
			each(inner, visit)
		}
	}
}
