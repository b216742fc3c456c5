package audio

import (
	"encoding/json"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/topic"
)

// encoder writes what steps produce as the journal and the gateways read it.
type encoder struct{ catalog *catalog.Catalog }

var _ partition.Encoder = encoder{}

// Event implements partition.Encoder.
func (e encoder) Event(ev music.Event, m partition.EventMeta) ([]byte, error) {
	return e.catalog.Wrap(catalog.Meta{
		ID: string(ev.ID), Source: "/guilds/" + string(m.Guild), Time: m.At, Trace: m.Trace,
		Tenant: m.Tenant, Guild: string(m.Guild), Cause: m.Cause,
	}, ev.Payload)
}

// Answer implements partition.Encoder.
func (encoder) Answer(r music.Respond) ([]byte, error) {
	return json.Marshal(topic.Answer{To: r.To, Answer: r.Answer})
}

// Notice implements partition.Encoder.
func (encoder) Notice(guild music.GuildID, n music.Notify) ([]byte, error) {
	return json.Marshal(topic.Notice{Guild: guild, Bot: n.Bot, Channel: n.Channel, Answer: n.Answer})
}
