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
	case music.AnswerHistory:
		return history(p, a.History)
	case music.AnswerGrab:
		return grabbed(p, a.Now, i18n.GrabHere)
	case music.AnswerBots:
		if a.Bots == nil {
			return Bots(p, music.BotsView{}, nil)
		}
		return Bots(p, *a.Bots, nil)
	case music.AnswerSettings, music.AnswerSettingsSet:
		return settings(p, a)
	default: // one sentence says all of it
		sign, words := sentence(p, a)
		return Message{Content: sign + " " + words}
	}
}

func settings(p *i18n.Printer, a music.Answer) Message {
	if a.Settings == nil {
		a.Settings = &music.Settings{}
	}
	m := Settings(p, *a.Settings)
	if a.Kind == music.AnswerSettingsSet {
		m.Content = "✅ " + p.Text(i18n.SettingsSet, nil)
	}
	return m
}

// sentence returns a sign to begin with and the words.
func sentence(p *i18n.Printer, a music.Answer) (sign, words string) {
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
	case music.AnswerSkippedTo:
		return "⏭️", skippedTo(p, a)
	case music.AnswerPrevious:
		return "⏮️", p.Text(i18n.PreviousPlays, i18n.Args{"Track": full(p, a.Track)})
	case music.AnswerSeeked:
		return "⏩", p.Text(i18n.Seeked, gone(p, a))
	case music.AnswerRewound:
		return "⏪", p.Text(i18n.Rewound, gone(p, a))
	case music.AnswerReplayed:
		return "⏮️", p.Text(i18n.Replayed, gone(p, a))
	case music.AnswerStopped:
		return "⏹️", stopped(p, a.Count)
	case music.AnswerVolume:
		return "🔊", p.Text(i18n.VolumeSet, i18n.Args{"Volume": p.Number(a.Volume)})
	case music.AnswerVolumeIs:
		return "🔊", p.Text(i18n.VolumeIs, i18n.Args{"Volume": p.Number(a.Volume)})
	case music.AnswerLoop:
		return "🔁", p.Text(loopSet(a.Loop), nil)
	case music.AnswerLoopIs:
		return "🔁", p.Text(i18n.LoopIs, i18n.Args{"Mode": loop(p, a.Loop)})
	default:
		return changed(p, a)
	}
}

// gone says where a play is now, and whether it is held there.
func gone(p *i18n.Printer, a music.Answer) i18n.Args {
	return i18n.Args{"Title": title(p, a.Track), "At": i18n.Clock(a.At), "Paused": a.Paused}
}

// changed are the sentences about the queue.
func changed(p *i18n.Printer, a music.Answer) (sign, words string) {
	switch a.Kind {
	case music.AnswerRemoved:
		if a.Track != nil {
			return "🗑️", p.Text(i18n.RemovedOne, i18n.Args{"Title": title(p, a.Track)})
		}
		return "🗑️", p.Count(i18n.Removed, a.Count, nil)
	case music.AnswerMoved:
		return "↕️", p.Text(i18n.Moved, i18n.Args{"Title": title(p, a.Track), "Position": p.Number(a.Position)})
	case music.AnswerUnmoved:
		return "↕️", p.Text(i18n.Unmoved, i18n.Args{"Title": title(p, a.Track), "Position": p.Number(a.Position)})
	case music.AnswerSwapped:
		return "↕️", p.Text(i18n.Swapped, i18n.Args{
			"Title": title(p, a.Track), "Position": p.Number(a.Position), "Other": title(p, a.Other),
		})
	case music.AnswerShuffled:
		return "🔀", p.Count(i18n.Shuffled, a.Count, nil)
	case music.AnswerCleared:
		return "🗑️", p.Count(i18n.Cleared, a.Count, nil)
	default:
		return moved(p, a)
	}
}

// moved are the sentences about where a bot is, the notices among them.
func moved(p *i18n.Printer, a music.Answer) (sign, words string) {
	where := i18n.Args{"Channel": channel(a.Channel)}
	switch a.Kind {
	case music.AnswerLeft:
		return "👋", p.Text(i18n.Left, where)
	case music.AnswerJoined:
		return "👋", p.Text(i18n.Joined, where)
	case music.AnswerPlayFailed:
		return "⚠️", p.Text(i18n.PlayFailed, i18n.Args{"Title": title(p, a.Track)})
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
	case music.AnswerHandedOver:
		return "🔄", p.Text(i18n.HandedOver, i18n.Args{"User": user(a.User), "Channel": channel(a.Channel)})
	case music.AnswerQueueKept:
		return "📥", p.Count(i18n.QueueKept, a.Count, where)
	case music.AnswerSuppressed:
		return "✋", p.Text(i18n.Suppressed, where)
	default: // a kind that a newer core knows
		return "✅", p.Text(i18n.Done, nil)
	}
}

func skippedTo(p *i18n.Printer, a music.Answer) string {
	track := i18n.Args{"Track": full(p, a.Track)}
	if a.Count <= 0 {
		return p.Text(i18n.SkippedAhead, track)
	}
	return p.Count(i18n.SkippedTo, a.Count, track)
}

func loopSet(m music.LoopMode) i18n.ID {
	switch m {
	case music.LoopTrack:
		return i18n.LoopSetTrack
	case music.LoopQueue:
		return i18n.LoopSetQueue
	default:
		return i18n.LoopSetOff
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
	switch {
	case v == nil:
		return ""
	case v.Track == nil && v.Waiting == 0:
		return p.Text(i18n.QueueNothingElse, nil)
	case v.Track == nil:
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
