package daemon

import (
	"context"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/store"
)

// cordons gives the audio role what operators decided about nodes, from rows.
type cordons struct{ rows store.Cordons }

// Cordon implements audio.Cordons.
func (c cordons) Cordon(ctx context.Context, node music.NodeName, cordoned bool, by, reason string) error {
	return c.rows.Cordon(ctx, node, cordoned, by, reason)
}

// Cordoned implements audio.Cordons.
func (c cordons) Cordoned(ctx context.Context) ([]audio.Cordon, error) {
	rows, err := c.rows.Cordoned(ctx)
	out := make([]audio.Cordon, len(rows))
	for i, r := range rows {
		out[i] = audio.Cordon(r)
	}
	return out, err
}
