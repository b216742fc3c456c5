package music_test

import (
	"fmt"
	"slices"

	"github.com/atrilhq/platform/internal/core/music"
)

// events holds that every event is well formed and that plays begin and end
// once, one after the other.
func (j *judge) events(r music.Result) error {
	for _, e := range r.Events {
		if e.ID == "" || j.ids[e.ID] {
			return fmt.Errorf("event id %q was given before", e.ID)
		}
		j.ids[e.ID] = true
		if err := valid(e.Payload); err != nil {
			return fmt.Errorf("%s: %w: %+v", e.Payload.EventType(), err, e.Payload)
		}
		switch p := e.Payload.(type) {
		case music.PlayBegun:
			if j.plays[p.Bot] != "" || j.over[p.Play] {
				return fmt.Errorf("play %s began while %s sounds", p.Play, j.plays[p.Bot])
			}
			j.plays[p.Bot] = p.Play
		case music.PlayFinished:
			if j.plays[p.Bot] != p.Play {
				return fmt.Errorf("play %s ended while %s sounds", p.Play, j.plays[p.Bot])
			}
			delete(j.plays, p.Bot)
			j.over[p.Play] = true
		case music.QueueHandedOver:
			if j.plays[p.To] != "" {
				return fmt.Errorf("%s was given a play and had one", p.To)
			}
			if id := j.plays[p.From]; id != "" {
				j.plays[p.To] = id
				delete(j.plays, p.From)
			}
		}
	}
	for _, p := range r.Guild.Players {
		if p.Play != nil && j.plays[p.Bot] != p.Play.ID || p.Play == nil && j.plays[p.Bot] != "" {
			return fmt.Errorf("player %s plays %+v, the journal says %q", p.Bot, p.Play, j.plays[p.Bot])
		}
	}
	return nil
}

var (
	ends     = []string{"finished", "skipped", "stopped", "failed", "stuck", "left"}
	clears   = []string{"stop", "leave", "idle", "empty", "disconnected", "join_failed", "removed", "channel_deleted", "plan", "clear"}
	removals = []string{"position", "range", "slot", "duplicates", "member", "passed"}
	fails    = []string{"exception", "stuck", "lost"}
)

// valid says what an event lacks.
func valid(p music.Payload) error {
	need := func(fields ...string) error {
		if slices.Contains(fields, "") {
			return fmt.Errorf("a field is empty")
		}
		return nil
	}
	one := func(of []string, what string) error {
		if !slices.Contains(of, what) {
			return fmt.Errorf("%q is no reason", what)
		}
		return nil
	}
	both := func(errs ...error) error {
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		return nil
	}
	within := func(n, low, high int) error {
		if n < low || n > high {
			return fmt.Errorf("%d is out of bounds", n)
		}
		return nil
	}
	const many = 1 << 20
	switch p := p.(type) {
	case music.PlayRequested:
		return need(string(p.Bot), string(p.Slot), p.Query, string(p.By))
	case music.TrackQueued:
		return both(need(string(p.Bot), string(p.Slot), p.Track.Title, string(p.By)), within(p.Position, 1, many))
	case music.PlaylistQueued:
		return both(need(string(p.Bot), p.Name, string(p.By)), within(p.Position, 1, many),
			within(p.Added, 1, p.Total), within(len(p.Slots), p.Added, p.Added))
	case music.TrackRejected:
		return need(string(p.Bot), string(p.Slot), p.Reason, string(p.By))
	case music.PlayBegun:
		return need(string(p.Bot), string(p.Play), string(p.Slot), string(p.Channel), p.Track.Title, string(p.By))
	case music.PlaySounding:
		return need(string(p.Bot), string(p.Play), string(p.Node))
	case music.PlayFinished:
		return both(need(string(p.Bot), string(p.Play), string(p.Slot)), one(ends, p.Reason), within(int(p.HeardMS), 0, 1<<40),
			need(string(p.Requester), p.Track.Title), within(int(p.ListenedMS), 0, 1<<40), within(int(p.StartedAt), 1, 1<<60))
	case music.PlayFailed:
		return both(need(string(p.Bot), string(p.Play)), one(fails, p.Reason))
	case music.PlayerPaused:
		return both(need(string(p.Bot), string(p.Play), string(p.By)), within(int(p.PositionMS), 0, 1<<40))
	case music.PlayerResumed:
		return need(string(p.Bot), string(p.By))
	case music.VolumeChanged:
		return both(need(string(p.Bot)), within(p.Volume, 0, 1000))
	case music.QueueCleared:
		return both(need(string(p.Bot)), one(clears, p.Reason), within(p.Removed, 1, many))
	case music.QueueRemoved:
		return both(need(string(p.Bot), string(p.By)), one(removals, p.Reason), within(len(p.Slots), 1, many))
	case music.QueueMoved:
		return both(need(string(p.Bot), string(p.Slot), string(p.By)), within(p.From, 1, many), within(p.To, 1, many))
	case music.QueueShuffled:
		return both(need(string(p.Bot), string(p.By)), within(p.Count, 2, many))
	case music.PlayerSeeked:
		return both(need(string(p.Bot), string(p.Play), string(p.By)), within(int(p.FromMS), 0, 1<<40), within(int(p.PositionMS), 0, 1<<40))
	case music.LoopChanged:
		return both(need(string(p.Bot)), one([]string{"off", "track", "queue"}, string(p.Loop)))
	case music.SettingsChanged:
		return both(within(p.Volume, 0, 1000), within(int(p.IdleMS), 10_000, 86_400_000), within(int(p.EmptyMS), 10_000, 86_400_000),
			within(len(p.Rules), 0, music.MaxRules), one([]string{"everyone", "nobody"}, string(p.Elsewhere)))
	case music.PlayerHalted:
		return within(p.Failures, music.MaxFailures, music.MaxFailures)
	case music.VoiceJoined:
		return need(string(p.Bot), string(p.Channel))
	case music.VoiceMoved:
		return need(string(p.Bot), string(p.From), string(p.To))
	case music.VoiceLeft:
		return both(need(string(p.Bot), string(p.Channel)), one(clears[1:9], p.Reason))
	case music.JoinFailed:
		return need(string(p.Bot), string(p.Channel))
	case music.PlayerPlaced:
		return need(string(p.Bot))
	case music.BotJoined:
		return need(string(p.Bot))
	case music.BotLeft:
		return need(string(p.Bot))
	case music.BotWentAway:
		return need(string(p.Bot))
	case music.BotCameBack:
		return need(string(p.Bot))
	case music.QueueHandedOver:
		return both(need(string(p.From), string(p.To), string(p.Channel)), within(p.Tracks, 0, many))
	case music.QueueKept:
		return both(need(string(p.Bot), string(p.Channel)), within(p.Tracks, 1, many))
	case music.VoiceSuppressed:
		return need(string(p.Bot), string(p.Channel))
	case music.EntitlementsApplied:
		return need(p.Plan)
	}
	return fmt.Errorf("a payload that nobody knows")
}
