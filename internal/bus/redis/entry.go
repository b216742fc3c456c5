package redis

import (
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
)

// entry is an entry of a stream.
type entry struct {
	last       int64
	generation string
	messages   []bus.Message
}

// open reads an entry. With an error, last is its position if that can be read.
func open(x goredis.XMessage) (entry, error) {
	var e entry
	var err error
	if e.last, err = position(x.ID); err != nil {
		return e, err
	}
	for name, v := range x.Values {
		text, ok := v.(string)
		if !ok || len(x.Values) != 1 {
			return e, errMessage
		}
		e.generation = name
		e.messages, err = decode(text)
		return e, err
	}
	return e, errMessage
}

// position is the first half of an entry's id.
func position(id string) (int64, error) {
	first, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(first, 10, 64)
	if err != nil || n <= 0 {
		return 0, errMessage
	}
	return n, nil
}

// began is the position at which a generation began; up to it there may be
// entries of earlier ones.
func began(generation string) int64 {
	_, at, _ := strings.Cut(generation, ".")
	n, _ := strconv.ParseInt(at, 10, 64) // none is 0: nothing was before it
	return n
}
