package kustomize

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"k8or/renderer/core"
)

// fileSystem shows the inputs to Kustomize, from the root `/`; what it looks for is remembered.
type fileSystem struct {
	filesys.FileSystem
	files *core.Files
}

func newFileSystem(files *core.Files) (filesys.FileSystem, error) {
	memory := filesys.MakeFsInMemory()
	for _, name := range files.Below("") {
		content, _ := files.Peek(name)
		if err := memory.WriteFile("/"+name, content); err != nil {
			return nil, fmt.Errorf("file %s: %w", name, err)
		}
	}
	for _, name := range files.Folders() {
		if err := memory.MkdirAll("/" + name); err != nil {
			return nil, fmt.Errorf("folder %s: %w", name, err)
		}
	}
	return fileSystem{memory, files}, nil
}

func (f fileSystem) ReadFile(name string) ([]byte, error) {
	content, isThere := f.files.Read(name)
	if !isThere {
		return nil, &os.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
	}
	return content, nil
}

func (f fileSystem) Open(name string) (filesys.File, error) {
	f.files.Has(name)
	return f.FileSystem.Open(name)
}

func (f fileSystem) Exists(name string) bool { return f.files.Has(name) }

func (f fileSystem) IsDir(name string) bool { return f.files.IsDir(name) }

func (f fileSystem) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	f.files.IsDir(name)
	return f.FileSystem.CleanedAbs(path.Join("/", name))
}

func (f fileSystem) ReadDir(name string) ([]string, error) {
	f.files.List(name)
	return f.FileSystem.ReadDir(name)
}

func (f fileSystem) Walk(name string, visit filepath.WalkFunc) error {
	f.files.List(name)
	return f.FileSystem.Walk(name, visit)
}

func (f fileSystem) Glob(pattern string) ([]string, error) {
	f.files.List(path.Dir(pattern))
	return f.FileSystem.Glob(pattern)
}
