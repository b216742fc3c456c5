package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/atrilhq/platform/bench/world"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/sim/lavalink"
	platformstore "github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// storeBatch is how many guilds go into one commit.
const storeBatch = 500

// store writes guilds with a player that plays and tracks that wait, through the
// store that the daemon uses, and gives up the partitions again.
func store(ctx context.Context, dir string, players, tracks int) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	db, err := sqlstore.Open(ctx, sqlstore.Options{URL: "sqlite://" + filepath.Join(dir, "platform.db"), Timeout: time.Minute})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	const holder = "bench"
	now := time.Now().UTC()
	parts := make([][]*music.Guild, sqlstore.DefaultPartitions)
	for i := range players {
		g := storedGuild(i, tracks, now)
		n := partition.Of(g.ID, len(parts))
		parts[n] = append(parts[n], g)
	}
	for n, guilds := range parts {
		lease, err := db.Acquire(ctx, n, holder, time.Minute)
		if err != nil {
			return err
		}
		stamp := platformstore.Stamp{Partition: n, Epoch: lease.Epoch, Batch: lease.Batch}
		for len(guilds) > 0 {
			some := guilds[:min(len(guilds), storeBatch)]
			guilds = guilds[len(some):]
			stamp.Batch++
			b := platformstore.Batch{Stamps: []platformstore.Stamp{stamp}, At: now}
			for _, g := range some {
				b.Guilds = append(b.Guilds, platformstore.GuildChange{Partition: n, After: g})
			}
			if _, err := db.Commit(ctx, &b); err != nil {
				return err
			}
		}
		if err := db.Release(ctx, holder, []platformstore.Stamp{stamp}); err != nil {
			return err
		}
	}
	return nil
}

// firstGuild is the id of the first guild; the others follow.
const firstGuild = 1100000000000000000

func guildOf(i int) music.GuildID { return music.GuildID(strconv.Itoa(firstGuild + i)) }

// storedGuild is a guild as it is while music plays. Its texts have the lengths
// of real ones.
func storedGuild(i, tracks int, now time.Time) *music.Guild {
	id := string(guildOf(i))
	g := music.New(music.GuildID(id))
	g.Name = "The listeners of " + id
	g.Bots = []music.BotID{world.ApplicationID}
	p := &music.Player{
		Bot: world.ApplicationID, Node: "bench", Volume: 100, Text: music.ChannelID(id),
		Voice: music.Voice{
			Want: music.ChannelID(id), Channel: music.ChannelID(id), Session: "b7ad6b7169203331b7ad6b7169203331",
			Token: "0123456789abcdef", Endpoint: "rotterdam1234.discord.media:443",
		},
		Play: &music.Play{
			ID: music.PlayID(storedID(i, 0)), Slot: music.SlotID(storedID(i, 1)), Track: music.Keep(storedTrack(i)), By: "1000000000000000002",
			Phase: music.PhaseSounding, Since: now, Anchor: music.Anchor{At: now, Speed: 1}, Heard: true,
		},
	}
	for n := range tracks {
		p.Queue = append(p.Queue, &music.Slot{
			ID: music.SlotID(storedID(i, n+2)), State: music.SlotReady, Track: music.Keep(storedTrack(i*tracks + n)), By: "1000000000000000002", At: now,
		})
	}
	g.Players = []*music.Player{p}
	return &g
}

func storedID(i, n int) string { return fmt.Sprintf("019a%04x-%04x-7000-8000-%012x", i, n, i) }

// storedTrack is a track that no other is the same as, with the handle that a
// node gives it: lavaplayer's message, which has the track's texts in it. With
// these it has 292 characters.
func storedTrack(n int) *music.Track {
	t := music.Track{
		Identifier: fmt.Sprintf("id%09d", n), URI: fmt.Sprintf("https://media.example.com/watch?v=%09d", n),
		ISRC: fmt.Sprintf("XXSBX%07d", n%10_000_000), Title: fmt.Sprintf("The Long Way Around the Harbour, Part %d", n), Author: "Salt Cathedral Choir",
		Artwork: fmt.Sprintf("https://media.example.com/art/%09d/maxresdefault.jpg", n), Source: "media", Length: 10 * time.Hour,
	}
	var err error
	t.Encoded, err = lavalink.EncodeTrack(lavalink.TrackInfo{
		Identifier: t.Identifier, IsSeekable: true, Author: t.Author, Length: t.Length.Milliseconds(), Title: t.Title, URI: &t.URI,
		SourceName: t.Source, ArtworkURL: &t.Artwork, ISRC: &t.ISRC,
	})
	if err != nil {
		panic(err) // these texts are far shorter than what a message can hold
	}
	return &t
}
