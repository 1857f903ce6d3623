package seal

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// The seal holds for a whole process for ever: it is tried on a second one, which is this test again.
func TestSeal(t *testing.T) {
	if os.Getenv("SEALED") == "" {
		program := exec.Command(os.Args[0], "-test.run", "TestSeal")
		program.Env = []string{"SEALED=yes", "SECRET=x"}
		if out, err := program.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	if err := Seal(512 << 20); err != nil {
		t.Fatal(err)
	}
	if secret := os.Getenv("SECRET"); secret != "" {
		t.Error("the environment is still there")
	}
	_, opening := os.Open("/etc/passwd")
	_, connecting := net.Dial("tcp", "127.0.0.1:1")
	_, listing := os.ReadDir("/")
	starting := exec.Command("/bin/true").Run()
	for what, err := range map[string]error{"open": opening, "connect": connecting, "list": listing, "start": starting} {
		if !errors.Is(err, syscall.EPERM) {
			t.Errorf("%s: %v, want EPERM", what, err)
		}
	}
}
