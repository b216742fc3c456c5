//go:build race

package music_test

// raced is true where every step is watched for races, which takes ten times as long.
const raced = true
