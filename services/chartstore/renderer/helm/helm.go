// Package helm renders charts as `helm template` does, from files in memory.
package helm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	"helm.sh/helm/v4/pkg/strvals"

	"k8or/renderer/core"
)

// Render renders the chart of a request; answers its objects and the functions that make them differ from time to time.
func Render(request *core.Request, files *core.Files) ([]core.Object, []string, error) {
	options := request.Helm
	chart, err := loadChart(files, request.Path)
	if err != nil {
		return nil, nil, err
	}
	if err := checkChart(chart, files, request.Path, options); err != nil {
		return nil, nil, err
	}
	if len(files.Misses()) > 0 {
		return nil, nil, nil
	}
	given, err := valuesOf(options)
	if err != nil {
		return nil, nil, err
	}
	capabilities, err := capabilitiesOf(chart, options)
	if err != nil {
		return nil, nil, err
	}
	values, err := renderValues(chart, given, capabilities, options)
	if err != nil {
		return nil, nil, err
	}
	watched := &watched{used: map[string]bool{}}
	templates := engine.Engine{CustomTemplateFuncs: watched.functions()}
	rendered, err := templates.RenderWithContext(context.Background(), chart, values)
	if err != nil {
		return nil, watched.names(), err
	}
	objects, err := objectsOf(chart, rendered, options.IncludeCRDs)
	return objects, watched.names(), err
}

func checkChart(chart *v2.Chart, files *core.Files, path string, options core.HelmOptions) error {
	file := core.Clean(path + "/Chart.yaml")
	if err := chartutil.ValidateReleaseName(options.Name); err != nil {
		return core.Refuse("InvalidSource", "", "spec.source.helm.releaseName", "release name %q: %v", options.Name, err)
	}
	if chart.Metadata.Type == "library" {
		return core.Refuse("ChartNotInstallable", file, "type", "chart %s is a library, which can not be installed: use a chart of type application", chart.Name())
	}
	if err := addLocalDependencies(chart, files, path); err != nil {
		return err
	}
	if missing := missingDependencies(chart); len(missing) > 0 && len(files.Misses()) == 0 {
		return core.Refuse("ChartDependencyMissing", file, "dependencies",
			"found in Chart.yaml, but missing in charts/ directory: %s; dependencies are not fetched yet: vendor them by `helm dependency build` and commit charts/", strings.Join(missing, ", "))
	}
	if options.SkipSchema {
		return nil
	}
	return checkSchemas(chart, path)
}

func missingDependencies(chart *v2.Chart) []string {
	missing := []string{}
	for _, wanted := range chart.Metadata.Dependencies {
		isThere := slices.ContainsFunc(chart.Dependencies(), func(one *v2.Chart) bool { return one.Name() == wanted.Name })
		if !isThere {
			missing = append(missing, wanted.Name)
		}
	}
	return missing
}

// Later ones win: value files in order, then single values.
func valuesOf(options core.HelmOptions) (map[string]any, error) {
	values := map[string]any{}
	for _, file := range options.Values {
		read, err := loader.LoadValues(strings.NewReader(file.Text))
		if err != nil {
			return nil, &core.Problem{Reason: "InvalidValues", File: file.Name, Message: fmt.Sprintf("failed to parse %s: %v", file.Name, err)}
		}
		values = loader.MergeMaps(values, read)
	}
	for _, value := range options.Set {
		if err := strvals.ParseInto(value, values); err != nil {
			return nil, parameterProblem(value, err)
		}
	}
	for _, value := range options.SetString {
		if err := strvals.ParseIntoString(value, values); err != nil {
			return nil, parameterProblem(value, err)
		}
	}
	for _, file := range options.SetFile {
		text := func([]rune) (any, error) { return file.Text, nil }
		if err := strvals.ParseIntoFile(file.Name+"=file", values, text); err != nil {
			return nil, parameterProblem(file.Name, err)
		}
	}
	return values, nil
}

func parameterProblem(value string, err error) error {
	name, _, _ := strings.Cut(value, "=")
	return core.Refuse("InvalidValues", "", "spec.source.helm.parameters", "parameter %s can not be read: %v", name, err)
}

func capabilitiesOf(chart *v2.Chart, options core.HelmOptions) (*common.Capabilities, error) {
	capabilities := common.DefaultCapabilities.Copy()
	if options.KubeVersion != "" {
		version, err := common.ParseKubeVersion(options.KubeVersion)
		if err != nil {
			return nil, core.Refuse("InvalidSource", "", "spec.source.helm.kubeVersion", "invalid kube version '%s': %v", options.KubeVersion, err)
		}
		capabilities.KubeVersion = *version
	}
	capabilities.APIVersions = append(slices.Clone(capabilities.APIVersions), options.APIVersions...)
	wanted := chart.Metadata.KubeVersion
	if wanted != "" && !chartutil.IsCompatibleRange(wanted, capabilities.KubeVersion.String()) {
		return nil, fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, capabilities.KubeVersion.Version)
	}
	return capabilities, nil
}

func renderValues(chart *v2.Chart, given map[string]any, capabilities *common.Capabilities, options core.HelmOptions) (common.Values, error) {
	if err := chartutil.ProcessDependencies(chart, given); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	release := common.ReleaseOptions{Name: options.Name, Namespace: options.Namespace, Revision: 1, IsInstall: true}
	return util.ToRenderValuesWithSchemaValidation(chart, given, release, capabilities, options.SkipSchema)
}

// CRDs first, then what the templates gave, each in the order of the files: charts and templates come in any order.
func objectsOf(chart *v2.Chart, rendered map[string]string, includeCRDs bool) ([]core.Object, error) {
	texts := []core.NamedText{}
	if includeCRDs {
		for _, crd := range chart.CRDObjects() {
			texts = append(texts, core.NamedText{Name: crd.Filename, Text: string(crd.File.Data)})
		}
		slices.SortFunc(texts, byName)
	}
	templates := []core.NamedText{}
	for name, text := range rendered {
		if !strings.HasSuffix(name, "NOTES.txt") {
			templates = append(templates, core.NamedText{Name: name, Text: text})
		}
	}
	slices.SortFunc(templates, byName)
	objects := []core.Object{}
	for _, text := range append(texts, templates...) {
		read, err := core.Documents(text.Name, text.Text)
		if err != nil {
			return nil, err
		}
		objects = append(objects, read...)
	}
	return objects, nil
}

func byName(one, other core.NamedText) int { return strings.Compare(one.Name, other.Name) }
