//go:build pin

// Package pin names the nats-server that the mesh is developed and tested with; nothing builds this file.
package pin

import _ "github.com/nats-io/nats-server/v2"
