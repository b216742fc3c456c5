package partition

import "github.com/atrilhq/platform/internal/core/music"

// Of returns which of n partitions a guild belongs to: FNV-1a of its id. It must
// never change, because the rows of an installation were placed by it.
func Of(id music.GuildID, n int) int {
	h := uint64(14695981039346656037)
	for i := range len(id) {
		h ^= uint64(id[i])
		h *= 1099511628211
	}
	return int(h % uint64(n)) //nolint:gosec // n is a small positive number
}
