package main

import (
	"fmt"
	"os"
)

func main() {
	var s sum
	if err := s.read(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
	if !s.report(os.Stdout) {
		os.Exit(1)
	}
}
