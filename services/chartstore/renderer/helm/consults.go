package helm

import (
	"bytes"
	"path"
	"regexp"

	"k8or/renderer/core"
)

var capability = regexp.MustCompile(`Capabilities(\.(KubeVersion|APIVersions|HelmVersion))?`)

// Consults tells which facts about the cluster a chart may look at. Whatever is not plainly something else counts: packed
// charts, and capabilities that are handed on whole.
func Consults(request *core.Request, files *core.Files) []string {
	found := map[string]bool{}
	look := func(text []byte) {
		for _, match := range capability.FindAllSubmatch(text, -1) {
			found[string(match[2])] = true
		}
	}
	for _, name := range files.Below("") {
		content, _ := files.Peek(name)
		look(content)
		found[""] = found[""] || path.Ext(name) == ".tgz"
		found["KubeVersion"] = found["KubeVersion"] || path.Base(name) == "Chart.yaml" && bytes.Contains(content, []byte("kubeVersion"))
	}
	for _, values := range request.Helm.Values {
		look([]byte(values.Text))
	}
	for _, value := range append(request.Helm.Set, request.Helm.SetString...) {
		look([]byte(value))
	}
	consults := []string{}
	if found[""] || found["KubeVersion"] {
		consults = append(consults, "kubeVersion")
	}
	if found[""] || found["APIVersions"] {
		consults = append(consults, "apiVersions")
	}
	return consults
}
