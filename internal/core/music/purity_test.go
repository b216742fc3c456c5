package music_test

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

// digest steps a guild through n generated inputs and sums up everything that
// came of them, byte for byte.
func digest(n int) string {
	s, g, now, sum := &source{roll: rand.New(rand.NewPCG(5, 5)).IntN}, newGuild(), start, sha256.New()
	for range n {
		in, wait := s.next(&g)
		now = now.Add(wait)
		r := music.Step(g, in, now)
		sum.Write(music.DumpResult(r))
		s.saw(r)
		g = r.Guild
	}
	return hex.EncodeToString(sum.Sum(nil))
}

const digestEnv = "MUSIC_PRINT_DIGEST"

// TestTheSameInputsGiveTheSameBytes compares two runs, and another process:
// its maps are hashed by another seed, and its memory lies elsewhere.
func TestTheSameInputsGiveTheSameBytes(t *testing.T) {
	mine := digest(2000)
	if os.Getenv(digestEnv) != "" {
		if _, err := os.Stdout.WriteString("digest=" + mine + "\n"); err != nil {
			t.Fatal(err)
		}
		return
	}
	if again := digest(2000); again != mine {
		t.Fatal("a second run gave other bytes")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestTheSameInputsGiveTheSameBytes$", "-test.count=1") //nolint:gosec // this very test
	child.Env = append(os.Environ(), digestEnv+"=1", "TZ=Asia/Kathmandu")
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("the other process: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "digest="+mine+"\n") {
		t.Fatalf("another process gave other bytes: %s here\n%s", mine, out)
	}
	if digest(1999) == mine {
		t.Fatal("the digest does not see its inputs")
	}
}
