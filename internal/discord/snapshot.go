package discord

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// snapshotVersion is the form of snapshots that this version writes.
	snapshotVersion = 1
	// snapshotLimit is the largest snapshot that is read, in bytes.
	snapshotLimit = 32 << 20
)

// load takes a stored snapshot in. It returns fault.Invalid for one that it
// cannot read, a newer form included.
func (k *cache) load(s store.GuildSnapshot) error {
	const op = "discord.load"
	if len(s.Data) == 0 {
		return nil
	}
	if len(s.Data) > snapshotLimit {
		return fault.New(fault.Invalid, op, "the snapshot of a guild is too large")
	}
	var g guild
	if err := json.Unmarshal(s.Data, &g); err != nil {
		return fault.Wrap(err, fault.Invalid, op, "the snapshot of a guild cannot be read")
	}
	if g.V != snapshotVersion || g.ID == "" || g.ID != string(s.Guild) {
		return fault.New(fault.Invalid, op, "the snapshot of a guild is of another version or of another guild")
	}
	if g.Roles == nil {
		g.Roles = map[string]perms{}
	}
	if g.Channels == nil {
		g.Channels = map[string]*channel{}
	}
	if g.Voice == nil {
		g.Voice = map[string]voice{}
	}
	for _, c := range g.Channels {
		if c == nil {
			return fault.New(fault.Invalid, op, "the snapshot of a guild has an empty channel")
		}
	}
	if k.me == "" {
		k.me = g.Me
	}
	k.guilds[g.ID] = &g
	return nil
}

// unsaved encodes the guilds that changed since they were stored.
func (k *cache) unsaved() ([]store.GuildSnapshot, map[string]uint64, error) {
	out := make([]store.GuildSnapshot, 0, len(k.dirty))
	for _, id := range slices.Sorted(maps.Keys(k.dirty)) {
		s := store.GuildSnapshot{Guild: music.GuildID(id)}
		if g := k.guilds[id]; g != nil {
			data, err := json.Marshal(g)
			if err != nil {
				return nil, nil, fault.Wrap(err, fault.Internal, "discord.unsaved", "a guild cannot be encoded")
			}
			s.Data = data
		}
		out = append(out, s)
	}
	return out, maps.Clone(k.dirty), nil
}

// saved forgets what was stored, unless it changed meanwhile.
func (k *cache) saved(marks map[string]uint64) {
	for id, n := range marks {
		if k.dirty[id] == n {
			delete(k.dirty, id)
		}
	}
}
