// Package core says what a render host is asked and what it answers.
package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Request is one render. Everything it may read comes with it: the host opens nothing.
type Request struct {
	ID int    `json:"id"`
	Op string `json:"op"`
	// Path is the folder to render, relative to the root of the files.
	Path string `json:"path"`
	// Files are texts by path, Binary what is no text.
	Files  map[string]string `json:"files"`
	Binary map[string][]byte `json:"binary"`
	// Folders exist although no file of theirs may be here.
	Folders []string `json:"folders"`
	// MaxOut bounds the answer, in bytes.
	MaxOut int `json:"maxOut"`
	// DeadlineMs ends the host itself when nobody is left to stop it.
	DeadlineMs int64 `json:"deadlineMs"`
	// Absent are paths that are known not to exist: nothing else may be missing for anything to run.
	Absent []string `json:"absent"`

	Helm      HelmOptions      `json:"helm"`
	Kustomize KustomizeOptions `json:"kustomize"`
}

// HelmOptions is what `helm template` has as flags.
type HelmOptions struct {
	Name        string      `json:"name"`
	Namespace   string      `json:"namespace"`
	KubeVersion string      `json:"kubeVersion"`
	APIVersions []string    `json:"apiVersions"`
	Values      []NamedText `json:"values"`
	Set         []string    `json:"set"`
	SetString   []string    `json:"setString"`
	SetFile     []NamedText `json:"setFile"`
	IncludeCRDs bool        `json:"includeCRDs"`
	SkipSchema  bool        `json:"skipSchema"`
}

// KustomizeOptions is what `kustomize build` has as flags.
type KustomizeOptions struct {
	LoadRestrictionsNone bool   `json:"loadRestrictionsNone"`
	ManagedByLabel       bool   `json:"managedByLabel"`
	Reorder              string `json:"reorder"`
}

// NamedText is a text with what it is called in messages.
type NamedText struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Object is a rendered object with the file that it came from.
type Object struct {
	File   string          `json:"file"`
	Object json.RawMessage `json:"object"`
}

// Answer is what a render comes to: objects, or a problem, or paths that it misses.
type Answer struct {
	ID      int      `json:"id"`
	Objects []Object `json:"objects,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
	// Reads are the paths that the answer depends on, absent ones among them.
	Reads []string `json:"reads,omitempty"`
	// Misses are paths of which it has to be known what they are, or that they do not exist: nothing was rendered.
	Misses []string `json:"misses,omitempty"`
	// Consults are facts about the cluster that may make a difference: kubeVersion, apiVersions.
	Consults []string `json:"consults,omitempty"`
	// NonDet are the template functions used whose result differs from one render to the next.
	NonDet []string `json:"nonDet,omitempty"`
	Micros int64    `json:"us"`
}

// Problem is why there can be no answer, named by file and field where they are known.
type Problem struct {
	Reason  string `json:"reason"`
	File    string `json:"file,omitempty"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

func (p *Problem) Error() string { return p.Message }

// Refuse names what will not be done, before anything ran.
func Refuse(reason, file, field, format string, args ...any) *Problem {
	return &Problem{Reason: reason, File: file, Field: field, Message: fmt.Sprintf(format, args...)}
}

// ProblemOf says an error of a tool as a problem.
func ProblemOf(err error) *Problem {
	var problem *Problem
	if errors.As(err, &problem) {
		return problem
	}
	return &Problem{Reason: "RenderFailed", Message: err.Error()}
}

// CheckSize refuses an answer that is too large.
func CheckSize(objects []Object, limit int) error {
	size := 0
	for _, object := range objects {
		size += len(object.Object)
	}
	if limit > 0 && size > limit {
		return Refuse("OutputTooLarge", "", "", "the rendered objects are %d bytes, and may be %d; split the source", size, limit)
	}
	return nil
}

// Files are the inputs of one render; they remember what was read and what was missed.
type Files struct {
	content map[string][]byte
	dirs    map[string]bool
	absent  map[string]bool
	reads   map[string]bool
	misses  map[string]bool
}

// NewFiles takes the inputs of a request.
func NewFiles(request *Request) *Files {
	files := &Files{map[string][]byte{}, map[string]bool{"": true}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, name := range request.Absent {
		files.absent[Clean(name)] = true
	}
	for _, name := range request.Folders {
		files.addFolder(Clean(name))
	}
	for name, text := range request.Files {
		files.Add(name, []byte(text))
	}
	for name, content := range request.Binary {
		files.Add(name, content)
	}
	return files
}

// Add puts a file among the inputs.
func (f *Files) Add(name string, content []byte) {
	name = Clean(name)
	f.content[name] = content
	f.addFolder(Clean(path.Dir(name)))
}

func (f *Files) addFolder(name string) {
	for ; !f.dirs[name]; name = Clean(path.Dir(name)) {
		f.dirs[name] = true
	}
}

// Folders answers every folder, in order.
func (f *Files) Folders() []string { return sorted(f.dirs) }

// Read answers a file; whether it is there or not, the answer depends on it.
func (f *Files) Read(name string) ([]byte, bool) {
	name = Clean(name)
	content, isThere := f.content[name]
	if isThere {
		f.reads[name] = true
	} else if !f.dirs[name] {
		f.miss(name)
	}
	return content, isThere
}

func (f *Files) miss(name string) {
	if f.absent[name] {
		f.reads[name] = true
	} else {
		f.misses[name] = true
	}
}

// Peek answers a file without remembering.
func (f *Files) Peek(name string) ([]byte, bool) {
	content, isThere := f.content[Clean(name)]
	return content, isThere
}

// List remembers that the answer depends on all that a folder holds.
func (f *Files) List(dir string) { f.reads[Clean(dir)] = true }

// Has says whether a file or folder is there.
func (f *Files) Has(name string) bool {
	_, isFile := f.Read(name)
	return isFile || f.IsDir(name)
}

// IsDir says whether a path is a folder.
func (f *Files) IsDir(name string) bool {
	name = Clean(name)
	if _, isFile := f.content[name]; !isFile && !f.dirs[name] {
		f.miss(name)
	}
	return f.dirs[name]
}

// Below answers the names of the files below a folder, relative to it, in order.
func (f *Files) Below(dir string) []string {
	prefix := Clean(dir) + "/"
	names := []string{}
	for name := range f.content {
		if prefix == "/" {
			names = append(names, name)
		} else if rest, isBelow := strings.CutPrefix(name, prefix); isBelow {
			names = append(names, rest)
		}
	}
	slices.Sort(names)
	return names
}

// Reads answers what was read, Misses what is neither there nor known to be absent.
func (f *Files) Reads() []string  { return sorted(f.reads) }
func (f *Files) Misses() []string { return sorted(f.misses) }

// Clean makes one path of many ways to write it; the root is empty.
func Clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

func sorted(names map[string]bool) []string {
	list := make([]string, 0, len(names))
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
