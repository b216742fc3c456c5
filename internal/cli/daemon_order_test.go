package cli_test

import (
	"context"
	"fmt"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

func guildNames() map[string]string { return map[string]string{"11": "demo", "22": "two"} }

func guildOf(s string) (string, error) {
	for id, name := range guildNames() {
		if s == id || s == name {
			return id, nil
		}
	}
	return "", fault.New(fault.NotFound, "backend", "there is no guild "+s).WithHint("list them with platformctl guilds list")
}

func (b *backend) Guilds(_ context.Context, p httpapi.Page) (view.GuildPage, error) {
	all := []view.Guild{{ID: "11", Name: "demo", Plan: "pro", Updated: at.Add(-time.Minute)}, {ID: "22", Name: "two", Plan: "free", Updated: at}}
	switch {
	case p.Cursor == "one":
		return view.GuildPage{Items: all[1:]}, nil
	case p.Limit == 1:
		return view.GuildPage{Items: all[:1], NextCursor: "one"}, nil
	}
	return view.GuildPage{Items: all}, nil
}

func (b *backend) Guild(_ context.Context, guild string) (view.Guild, error) {
	id, err := guildOf(guild)
	return view.Guild{
		ID: id, Name: guildNames()[id], Plan: "pro", Limits: &view.PlanLimits{Bots: 3, QueueLength: 2000, MaxVolume: 200},
		Bots: []view.GuildBot{
			{ID: "7", Name: "atril", Present: true, State: "playing", Channel: "31"},
			{ID: "8", Name: "second", Present: true, Away: true},
			{ID: "9", Name: "third"},
		},
	}, err
}

func (b *backend) Settings(_ context.Context, guild string) (view.Settings, error) {
	id, err := guildOf(guild)
	return view.Settings{
		Guild: id, GuildName: guildNames()[id], Volume: 80, IdleMS: 300_000, EmptyMS: 120_000, Language: "es", Elsewhere: "everyone",
		Rules: []view.ChannelRule{{Channel: "41", Use: "roles", Roles: []string{"51", "52"}}},
	}, err
}

// ChangeSettings shows what it was told.
func (b *backend) ChangeSettings(ctx context.Context, by, guild string, p view.SettingsPatch) (view.Settings, error) {
	s, err := b.Settings(ctx, guild)
	if err != nil {
		return s, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s.Rules = b.rules
	if p.Volume != nil {
		if *p.Volume > 200 {
			return s, fault.New(fault.Invalid, "backend", "volume has to be from 0 to 200 (setting_invalid)")
		}
		s.Volume = *p.Volume
	}
	for to, from := range map[*int64]*int64{&s.IdleMS: p.IdleMS, &s.EmptyMS: p.EmptyMS} {
		if from != nil {
			*to = *from
		}
	}
	for to, from := range map[*string]*string{&s.Announce: p.Announce, &s.Language: p.Language, &s.Elsewhere: p.Elsewhere} {
		if from != nil {
			*to = *from
		}
	}
	if len(p.Rules) > 0 {
		// What came in one order is shown, and nothing of an earlier one.
		b.rules = p.Rules
		s.Rules = b.rules
	}
	return s, nil
}

func (b *backend) Act(ctx context.Context, by, guild, bot, action string) (view.Acted, error) {
	pl, err := b.Player(ctx, guild, bot)
	if err != nil {
		return view.Acted{}, err
	}
	if pl.Play == nil {
		return view.Acted{}, fault.New(fault.Conflict, "backend", "nothing is playing (nothing_playing)").WithHint("see what there is with: platformctl players list")
	}
	return view.Acted{Guild: pl.Guild, Bot: pl.Bot, Outcome: map[string]string{"pause": "paused", "resume": "resumed", "skip": "skipped", "stop": "stopped", "leave": "left"}[action], Track: &pl.Play.Track}, nil
}

func (b *backend) Cordon(ctx context.Context, by, node string, cordoned bool, reason string) (view.Node, error) {
	n, err := b.Node(ctx, node)
	n.Cordoned = cordoned
	if cordoned {
		n.CordonedBy, n.CordonReason = "operator:ana", reason
	}
	return n, err
}

func (b *backend) Drain(ctx context.Context, by, node, reason string) (view.Node, error) {
	return b.Cordon(ctx, by, node, true, reason)
}

func (b *backend) Plays(_ context.Context, f httpapi.PlayFilter) (view.HeardPage, error) {
	id, err := guildOf(f.Guild)
	if err != nil {
		return view.HeardPage{}, err
	}
	var page view.HeardPage
	for i := range 3 {
		h := view.Heard{
			ID: fmt.Sprintf("p%d", i), Guild: id, Bot: "7", BotName: "atril", User: fmt.Sprintf("u%d", i), StartedAt: at.Add(-time.Hour), EndedAt: at.Add(-time.Duration(i+1) * time.Minute),
			ListenedMS: int64(60_000 * (i + 1)), Reason: "finished", Node: "lava1", Track: view.Track{Title: "Ocean", Author: "Ana"},
		}
		if (f.User == "" || f.User == h.User) && (f.Since.IsZero() || h.EndedAt.After(f.Since)) && h.ID > f.Cursor {
			page.Items = append(page.Items, h)
		}
	}
	if len(page.Items) > f.Limit {
		page.Items, page.NextCursor = page.Items[:f.Limit], page.Items[f.Limit-1].ID
	}
	return page, nil
}

func (b *backend) PlayTotals(_ context.Context, guild string, _ time.Time) (view.Totals, error) {
	id, err := guildOf(guild)
	return view.Totals{
		Guild: id, GuildName: guildNames()[id], Count: 3, ListenedMS: 360_000,
		Tracks: []view.TrackTotal{{Track: view.Track{Title: "Ocean", Author: "Ana"}, Count: 3, ListenedMS: 360_000}},
		Users:  []view.UserTotal{{User: "u0", Count: 1, ListenedMS: 60_000}},
	}, err
}

func (b *backend) Letters(_ context.Context, p httpapi.Page) (view.LetterPage, error) {
	all := []view.Letter{
		{ID: "tick:1", Kind: "tick", Guild: "11", Partition: 4, Error: "the step failed", At: at.Add(-time.Hour)},
		{ID: "projection:plays:7", Kind: "projection:plays", Guild: "22", Partition: 5, Error: "the end of a play cannot be read", At: at.Add(-time.Minute)},
	}
	switch {
	case p.Cursor == "tick:1":
		return view.LetterPage{Items: all[1:]}, nil
	case p.Limit == 1:
		return view.LetterPage{Items: all[:1], NextCursor: "tick:1"}, nil
	}
	return view.LetterPage{Items: all}, nil
}

func (b *backend) Letter(ctx context.Context, id string) (view.Letter, error) {
	page, _ := b.Letters(ctx, httpapi.Page{})
	for _, l := range page.Items {
		if l.ID == id {
			l.Input = []byte(`{"seq": 7, "token": "[redacted]"}`)
			return l, nil
		}
	}
	return view.Letter{}, fault.New(fault.NotFound, "backend", "there is no dead letter of that id").WithHint("list them with: platformctl letters list")
}

func (b *backend) RetryLetter(ctx context.Context, _, id string) (view.LetterGone, error) {
	_, err := b.Letter(ctx, id)
	return view.LetterGone{ID: id, Outcome: "applied"}, err
}

func (b *backend) DropLetter(ctx context.Context, _, id string) (view.LetterGone, error) {
	_, err := b.Letter(ctx, id)
	return view.LetterGone{ID: id, Outcome: "dropped"}, err
}

func (b *backend) RebuildPlays(context.Context) (bool, error) { return b.control == "", nil }
