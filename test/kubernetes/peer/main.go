// A loopback Kubernetes in one binary: the first argument picks the part that this process is.
package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// parts is filled by the other files' init functions.
var parts = map[string]func(){}

func main() {
	if os.Getenv("ENDS_WITH_STDIN") != "" {
		go endWithStdin()
	}
	if len(os.Args) > 1 {
		if run, ok := parts[os.Args[1]]; ok {
			os.Args = os.Args[1:]
			run()
			return
		}
	}
	fail("one of these parts must be named", slices.Sorted(maps.Keys(parts)))
}

// endWithStdin leaves nothing running behind whoever started this, however they ended: their end of the pipe is closed.
func endWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}

func fail(what ...any) {
	fmt.Fprintln(os.Stderr, what...)
	os.Exit(1)
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}
