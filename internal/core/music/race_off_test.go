//go:build !race

package music_test

const raced = false
