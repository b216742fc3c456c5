package redis

import (
	"context"
	_ "embed"
	"errors"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
)

//go:embed release.lua
var releaseText string

var releaseScript = goredis.NewScript(releaseText) //nolint:gochecknoglobals // a constant that has to be hashed

// Release implements bus.Bus. It costs one call of Redis, so whoever reads much
// releases now and then. Once begun it ends within Options.Timeout whatever
// becomes of ctx.
func (b *Bus) Release(ctx context.Context, name string, upTo bus.Cursor) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := b.stream(name)
	if err != nil {
		return err
	}
	got, err := s.do(releaseScript, upTo.Generation, upTo.Position)
	switch {
	case errors.Is(err, errClosed):
		return err
	case err != nil:
		return unavailable("redis.Release", err)
	case got[0] != "OK":
		return bus.ErrReset
	}
	s.behind(got)
	return nil
}
