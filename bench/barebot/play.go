package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgolink/v3/disgolink"
	"github.com/disgoorg/disgolink/v3/lavalink"
	"github.com/disgoorg/snowflake/v2"
	"golang.org/x/sync/errgroup"
)

// patience is how long a command may take.
const patience = 10 * time.Second

// onCommand answers a command in a goroutine of its own: listeners run one
// after the other, and a node that takes its time would hold up everybody.
func (b *barebot) onCommand(e *events.ApplicationCommandInteractionCreate) {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := b.command(ctx, e); err != nil {
			slog.Error("a command failed", "error", err)
		}
	}()
}

func (b *barebot) command(ctx context.Context, e *events.ApplicationCommandInteractionCreate) error {
	guild, data := *e.GuildID(), e.SlashCommandInteractionData()
	switch data.CommandName() {
	case "play":
		return b.play(ctx, e, guild, data.String("query"))
	case "skip":
		return b.update(ctx, e, guild, "Skipped.", lavalink.WithNullTrack())
	case "pause":
		return b.update(ctx, e, guild, "Paused.", lavalink.WithPaused(true))
	case "resume":
		return b.update(ctx, e, guild, "Resumed.", lavalink.WithPaused(false))
	case "volume":
		return b.update(ctx, e, guild, fmt.Sprintf("Volume %d %%.", data.Int("percent")), lavalink.WithVolume(data.Int("percent")))
	}
	return e.CreateMessage(discord.MessageCreate{Content: "This bot cannot do that."})
}

// play defers, loads and joins at the same time, then plays and says what.
func (b *barebot) play(ctx context.Context, e *events.ApplicationCommandInteractionCreate, guild snowflake.ID, query string) error {
	player := b.link.Player(guild)
	deferred := make(chan error, 1)
	go func() { deferred <- e.DeferCreateMessage(false) }()
	var track *lavalink.Track
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		track, err = load(gctx, b.link.BestNode(), query)
		return err
	})
	if player.ChannelID() == nil {
		group.Go(func() error { return b.join(gctx, e, guild) })
	}
	text := "Nothing was found."
	err := group.Wait()
	if err == nil && track != nil {
		err = player.Update(ctx, lavalink.WithTrack(*track))
		text = "Playing " + track.Info.Title
	}
	if err != nil {
		text = "That did not work."
	}
	if derr := <-deferred; derr != nil {
		return errors.Join(err, derr)
	}
	_, uerr := b.client.Rest.UpdateInteractionResponse(e.ApplicationID(), e.Token(), discord.MessageUpdate{Content: &text})
	return errors.Join(err, uerr)
}

// load asks the node for the first track that a query finds, nil for none.
func load(ctx context.Context, node disgolink.Node, query string) (found *lavalink.Track, err error) {
	if node == nil {
		return nil, errors.New("there is no node")
	}
	node.LoadTracksHandler(ctx, "ytsearch:"+query, disgolink.NewResultHandler(
		func(track lavalink.Track) { found = &track },
		func(list lavalink.Playlist) {
			if len(list.Tracks) > 0 {
				found = &list.Tracks[0]
			}
		},
		func(tracks []lavalink.Track) {
			if len(tracks) > 0 {
				found = &tracks[0]
			}
		},
		func() {},
		func(failed error) { err = failed },
	))
	return found, err
}

// join goes to where the member is.
func (b *barebot) join(ctx context.Context, e *events.ApplicationCommandInteractionCreate, guild snowflake.ID) error {
	state, ok := b.client.Caches.VoiceState(guild, e.User().ID)
	if !ok || state.ChannelID == nil {
		return errors.New("the member is not in voice")
	}
	return b.client.UpdateVoiceState(ctx, guild, state.ChannelID, false, true)
}

// update changes the player and answers.
func (b *barebot) update(
	ctx context.Context, e *events.ApplicationCommandInteractionCreate, guild snowflake.ID, text string, opt lavalink.PlayerUpdateOpt,
) error {
	if err := b.link.Player(guild).Update(ctx, opt); err != nil {
		text = "That did not work."
		return errors.Join(err, e.CreateMessage(discord.MessageCreate{Content: text}))
	}
	return e.CreateMessage(discord.MessageCreate{Content: text})
}
