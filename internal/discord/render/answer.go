package render

import (
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// Answer returns an answer or a notice in the language of p. It has words for
// every kind; one that a newer core knows and this package does not says only
// that the command was carried out.
func Answer(p *i18n.Printer, a music.Answer) Message {
	switch a.Kind {
	case music.AnswerRefused:
		return Refusal(p, a.Refusal)
	case music.AnswerQueue:
		return queue(p, a.Queue)
	case music.AnswerNowPlaying:
		return nowPlaying(p, a.Now)
	default: // one sentence says all of it
		sign, words := sentence(p, a)
		return Message{Content: sign + " " + words}
	}
}

// sentence returns a sign to begin with and the words.
func sentence(p *i18n.Printer, a music.Answer) (sign, words string) {
	where := i18n.Args{"Channel": channel(a.Channel)}
	which := i18n.Args{"Title": title(p, a.Track)}
	switch a.Kind {
	case music.AnswerPlaying:
		return "▶️", p.Text(i18n.Playing, i18n.Args{"Track": full(p, a.Track)})
	case music.AnswerQueued:
		return "➕", queued(p, a)
	case music.AnswerPlaylist:
		return "➕", playlist(p, a)
	case music.AnswerWaitingForNode:
		return "⏳", p.Text(i18n.WaitingForNode, i18n.Args{"Title": kept(p, a)})
	case music.AnswerPaused:
		return "⏸️", p.Text(i18n.Paused, which)
	case music.AnswerResumed:
		return "▶️", p.Text(i18n.Resumed, which)
	case music.AnswerSkipped:
		return "⏭️", p.Text(i18n.Skipped, i18n.Args{"Title": title(p, a.Track), "Next": next(p, a.Now)})
	case music.AnswerStopped:
		return "⏹️", stopped(p, a.Count)
	case music.AnswerLeft:
		return "👋", p.Text(i18n.Left, where)
	case music.AnswerJoined:
		return "👋", p.Text(i18n.Joined, where)
	case music.AnswerVolume:
		return "🔊", p.Text(i18n.VolumeSet, i18n.Args{"Volume": p.Number(a.Volume)})
	case music.AnswerVolumeIs:
		return "🔊", p.Text(i18n.VolumeIs, i18n.Args{"Volume": p.Number(a.Volume)})
	case music.AnswerPlayFailed:
		return "⚠️", p.Text(i18n.PlayFailed, which)
	case music.AnswerHalted:
		return "⚠️", p.Count(i18n.Halted, a.Count, nil)
	case music.AnswerLeftIdle:
		return "👋", p.Text(i18n.LeftIdle, where)
	case music.AnswerLeftEmpty:
		return "👋", p.Text(i18n.LeftEmpty, where)
	case music.AnswerDisconnected:
		return "⚠️", p.Text(i18n.Disconnected, where)
	case music.AnswerJoinFailed:
		return "⚠️", p.Text(i18n.JoinFailed, where)
	default: // a kind that a newer core knows; Answer has those that are no sentence
		return "✅", p.Text(i18n.Done, nil)
	}
}

func queued(p *i18n.Printer, a music.Answer) string {
	if a.Position <= 1 {
		return p.Text(i18n.QueuedNext, i18n.Args{"Track": full(p, a.Track)})
	}
	return p.Text(i18n.Queued, i18n.Args{"Track": full(p, a.Track), "Position": p.Number(a.Position)})
}

// playlist says what was added and, where something was left out, which limit
// that was and which plan lifts it.
func playlist(p *i18n.Printer, a music.Answer) string {
	name := bold(a.Title, maxTrackTitle)
	if a.Added >= a.Total {
		return p.Count(i18n.Playlist, a.Added, i18n.Args{"Title": name})
	}
	words := p.Count(i18n.PlaylistCut, a.Total, i18n.Args{
		"Title": name, "Added": p.Number(a.Added), "Limit": orNothing(p, a.Limit),
	})
	return words + lifted(p, a.Plan)
}

// kept names what waits for a node: the track, or what was asked for where no
// node was there to find it.
func kept(p *i18n.Printer, a music.Answer) string {
	if a.Track != nil {
		return title(p, a.Track)
	}
	return bold(a.Title, maxQuery)
}

// next says what follows a track that was skipped, if anything does.
func next(p *i18n.Printer, v *music.NowView) string {
	if v == nil || v.Track == nil {
		return ""
	}
	id := i18n.Playing
	switch {
	case v.NoNode:
		id = i18n.QueueHeld
	case v.Paused:
		id = i18n.QueuePausedAt
	}
	return p.Text(id, i18n.Args{"Track": full(p, v.Track)})
}

func stopped(p *i18n.Printer, removed int) string {
	if removed == 0 {
		return p.Text(i18n.StoppedEmpty, nil)
	}
	return p.Count(i18n.Stopped, removed, nil)
}

// orNothing writes a number that may not be set.
func orNothing(p *i18n.Printer, n int) string {
	if n <= 0 {
		return ""
	}
	return p.Number(n)
}
