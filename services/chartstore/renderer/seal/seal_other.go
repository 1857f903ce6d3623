//go:build !linux

package seal

import "os"

// Seal can only empty the environment here: the mesh runs on Linux, other systems are for development.
func Seal(uint64) error {
	os.Clearenv()
	return nil
}
