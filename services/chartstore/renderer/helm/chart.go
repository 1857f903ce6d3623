package helm

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"

	"k8or/renderer/core"
)

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

func loadChart(files *core.Files, dir string) (*v2.Chart, error) {
	rules := ignore.Empty()
	if text, isThere := files.Peek(path.Join(dir, ignore.HelmIgnore)); isThere {
		read, err := ignore.Parse(bytes.NewReader(text))
		if err != nil {
			return nil, &core.Problem{Reason: "InvalidChart", File: path.Join(dir, ignore.HelmIgnore), Message: err.Error()}
		}
		rules = read
	}
	rules.AddDefaults()
	buffered := []*archive.BufferedFile{}
	for _, name := range files.Below(dir) {
		if isIgnored(rules, name) {
			continue
		}
		content, _ := files.Read(path.Join(dir, name))
		buffered = append(buffered, &archive.BufferedFile{Name: name, Data: bytes.TrimPrefix(content, byteOrderMark)})
	}
	chart, err := loader.LoadFiles(buffered)
	if err != nil {
		return nil, &core.Problem{Reason: "InvalidChart", File: core.Clean(path.Join(dir, "Chart.yaml")), Message: err.Error()}
	}
	return chart, nil
}

// addLocalDependencies adds the charts that Chart.yaml names by a path of the repository and that are not vendored.
func addLocalDependencies(chart *v2.Chart, files *core.Files, dir string, above ...string) error {
	missing := missingDependencies(chart)
	for _, wanted := range chart.Metadata.Dependencies {
		below, isLocal := strings.CutPrefix(wanted.Repository, "file://")
		if !isLocal || !contains(missing, wanted.Name) {
			continue
		}
		where := core.Clean(path.Join(dir, below))
		if strings.HasPrefix(path.Join(dir, below), "..") || !files.IsDir(where) {
			continue
		}
		if contains(above, where) {
			return core.Refuse("InvalidChart", core.Clean(path.Join(dir, "Chart.yaml")), "dependencies",
				"%s depends on %s, which depends on it: take one of the two dependencies out", core.Clean(path.Join(dir, "Chart.yaml")), where)
		}
		dependency, err := loadChart(files, where)
		if err != nil {
			return err
		}
		if err := addLocalDependencies(dependency, files, where, append(above, core.Clean(dir))...); err != nil {
			return err
		}
		chart.AddDependency(dependency)
	}
	return nil
}

func contains(names []string, wanted string) bool {
	for _, name := range names {
		if name == wanted {
			return true
		}
	}
	return false
}

// A file is ignored with any folder that it lies in.
func isIgnored(rules *ignore.Rules, name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if rules.Ignore(dir, entry{dir, true}) {
			return true
		}
	}
	return rules.Ignore(name, entry{name, false})
}

// entry is a file or folder as the rules of .helmignore want to see it.
type entry struct {
	name  string
	isDir bool
}

func (e entry) Name() string       { return path.Base(e.name) }
func (e entry) Size() int64        { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.isDir }
func (e entry) Sys() any           { return nil }
func (e entry) Mode() fs.FileMode {
	if e.isDir {
		return fs.ModeDir
	}
	return 0
}
