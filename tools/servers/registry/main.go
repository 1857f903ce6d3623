// Command registry is an OCI registry, the reference implementation of the distribution specification, with what
// tests need and no more: files on disk, names and passwords from a file, notifications of pushes. `registry hash`
// prints the hash of the password on its standard input as that file wants it.
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/distribution/distribution/v3/registry"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"golang.org/x/crypto/bcrypt"
)

func main() {
	run := registry.RootCmd.Execute
	if len(os.Args) == 2 && os.Args[1] == "hash" {
		run = hash
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hash() error {
	input := bufio.NewScanner(os.Stdin)
	input.Scan()
	hashed, err := bcrypt.GenerateFromPassword(input.Bytes(), bcrypt.MinCost)
	if err == nil {
		fmt.Println(string(hashed))
	}
	return err
}
