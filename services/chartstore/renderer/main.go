// Command render-host renders Helm charts and kustomizations, one at a time, from what stdin brings: a request and an
// answer are JSON, each led by its length as four bytes, the lowest first. It can reach nothing but its pipes.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"time"
	_ "time/tzdata"

	"k8or/renderer/core"
	"k8or/renderer/helm"
	"k8or/renderer/kustomize"
	"k8or/renderer/seal"
)

const (
	maxData    = 512 << 20
	memoryGoal = 384 << 20
	maxStack   = 64 << 20
	maxRequest = 256 << 20
	longest    = time.Minute
)

func main() {
	log.SetFlags(0)
	debug.SetMemoryLimit(memoryGoal)
	debug.SetGCPercent(200)
	debug.SetMaxStack(maxStack)
	if err := seal.Seal(maxData); err != nil {
		log.Fatalf("render-host: can not be sealed: %v", err)
	}
	if err := serve(bufio.NewReader(os.Stdin), os.Stdout); err != nil && err != io.EOF {
		log.Fatalf("render-host: %v", err)
	}
}

func serve(in io.Reader, out io.Writer) error {
	for {
		frame, err := receive(in)
		if err != nil {
			return err
		}
		var request core.Request
		if err := json.Unmarshal(frame, &request); err != nil {
			return fmt.Errorf("request: %w", err)
		}
		watchdog := endAfter(time.Duration(request.DeadlineMs) * time.Millisecond)
		answer, err := json.Marshal(answerTo(&request))
		watchdog.Stop()
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		if err := send(out, answer); err != nil {
			return err
		}
	}
}

// Whoever asked kills a host at the deadline; should he be dead himself, nothing may run on for ever.
func endAfter(deadline time.Duration) *time.Timer {
	if deadline <= 0 {
		deadline = longest
	}
	return time.AfterFunc(2*deadline, func() { log.Fatal("render-host: nobody stopped a render that took too long") })
}

func answerTo(request *core.Request) *core.Answer {
	began := time.Now()
	files := core.NewFiles(request)
	answer := &core.Answer{ID: request.ID}
	var err error
	switch request.Op {
	case "helm":
		answer.Consults = helm.Consults(request, files)
		answer.Objects, answer.NonDet, err = helm.Render(request, files)
	case "kustomize":
		answer.Objects, err = kustomize.Render(request, files)
	default:
		err = fmt.Errorf("no tool is called %q", request.Op)
	}
	if err == nil {
		err = core.CheckSize(answer.Objects, request.MaxOut)
	}
	if err != nil {
		answer.Objects, answer.Problem = nil, core.ProblemOf(err)
	}
	answer.Reads, answer.Misses = files.Reads(), files.Misses()
	answer.Micros = time.Since(began).Microseconds()
	return answer
}

func receive(in io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(in, binary.LittleEndian, &length); err != nil {
		return nil, err
	}
	if length > maxRequest {
		return nil, fmt.Errorf("a request of %d bytes is too large", length)
	}
	frame := make([]byte, length)
	_, err := io.ReadFull(in, frame)
	return frame, err
}

func send(out io.Writer, answer []byte) error {
	frame := binary.LittleEndian.AppendUint32(make([]byte, 0, len(answer)+4), uint32(len(answer)))
	_, err := out.Write(append(frame, answer...))
	return err
}
