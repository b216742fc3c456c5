package render_test

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
)

// hostile is text that means harm, mixed with any other.
func hostile() *rapid.Generator[string] {
	attack := rapid.SampledFrom([]string{
		"[x](https://evil.example)", "](<https://evil.example>)", "](https://evil.example) [", "https://evil.example/a",
		"<https://evil.example>", "@everyone", "@here", "<@1>", "<@&1>", "<#1>", "<t:1:R>", "</a:1>", "**", "__", "~~", "`", "```\n", "||",
		"\\", "\\\\", "\n# h", "\n> q", "\n-# s", "- ", "\u202e", "\u2066", "\x00", "\xff", "\u200d", "\u0301", "🎵", "{{.Title}}",
		"discord.gg/evil", ")", "(", "]", "[", strings.Repeat("w", 3_000), strings.Repeat("*", 3_000), strings.Repeat("\u0301", 900),
	})
	return rapid.Map(rapid.SliceOfN(rapid.OneOf(attack, rapid.String()), 0, 12), func(p []string) string { return strings.Join(p, "") })
}

func address() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.Map(hostile(), func(s string) string { return "https://music.example/" + s }),
		rapid.Map(hostile(), func(s string) string { return "https://music.example/?q=" + s }),
		rapid.Map(hostile(), func(s string) string { return "http://" + s }),
		hostile(),
	)
}

func drawTrack(t *rapid.T) *music.Track {
	if rapid.IntRange(0, 9).Draw(t, "no track") == 0 {
		return nil
	}
	return &music.Track{
		Title: hostile().Draw(t, "title"), Author: hostile().Draw(t, "author"), URI: address().Draw(t, "uri"),
		Artwork: address().Draw(t, "artwork"), Length: time.Duration(rapid.Int64().Draw(t, "length")), Stream: rapid.Bool().Draw(t, "stream"),
	}
}

func drawNow(t *rapid.T) music.NowView {
	return music.NowView{
		Bot: music.BotID(drawID(t, "bot")), Play: music.PlayID(drawID(t, "play")),
		Track: drawTrack(t), By: music.UserID(drawID(t, "by")), Paused: rapid.Bool().Draw(t, "paused"),
		Position: time.Duration(rapid.Int64().Draw(t, "at")), Volume: rapid.Int().Draw(t, "volume"),
		Waiting: rapid.Int().Draw(t, "waiting"), NoNode: rapid.Bool().Draw(t, "no node"), Halted: rapid.Bool().Draw(t, "halted"),
		Suppressed: rapid.Bool().Draw(t, "suppressed"), Loop: drawLoop(t), Next: drawLines(t), Previous: rapid.Bool().Draw(t, "previous"),
		Anchor: music.Anchor{
			Position: time.Duration(rapid.Int64().Draw(t, "from")), At: drawTime(t), Speed: rapid.Float64().Draw(t, "speed"),
		},
	}
}

// drawID is an id of ours, of Discord's, or of somebody who means harm. It is
// never a single digit, which is how the attacks that mention somebody are told
// from our own mentions.
func drawID(t *rapid.T, name string) string {
	id := rapid.OneOf(rapid.StringMatching(`[0-9]{2,20}`), rapid.StringMatching(`[0-9a-f-]{36}`), hostile()).Draw(t, name)
	if len(id) == 1 {
		id += "-"
	}
	return id
}

func drawLoop(t *rapid.T) music.LoopMode {
	return rapid.SampledFrom([]music.LoopMode{"", music.LoopOff, music.LoopTrack, music.LoopQueue, "?"}).Draw(t, "loop")
}

func drawTime(t *rapid.T) time.Time {
	return rapid.SampledFrom([]time.Time{{}, noon, noon.Add(-time.Minute), time.Unix(0, 0), time.Unix(1<<60, 0)}).Draw(t, "time")
}

func drawLines(t *rapid.T) []music.QueueLine {
	var all []music.QueueLine
	for range rapid.IntRange(0, 30).Draw(t, "slots") {
		all = append(all, music.QueueLine{
			Slot: music.SlotID(drawID(t, "slot")), Position: rapid.Int().Draw(t, "n"), Title: hostile().Draw(t, "title"), URI: address().Draw(t, "uri"),
			State:  rapid.SampledFrom([]music.SlotState{music.SlotPending, music.SlotWaiting, music.SlotReady, "?"}).Draw(t, "state"),
			Length: time.Duration(rapid.Int64().Draw(t, "length")), By: music.UserID(drawID(t, "by")),
		})
	}
	return all
}

func drawQueue(t *rapid.T) *music.QueueView {
	return &music.QueueView{
		Now: drawNow(t), Page: rapid.Int().Draw(t, "page"), Pages: rapid.Int().Draw(t, "pages"),
		Total: rapid.IntRange(0, 1e6).Draw(t, "total"), Length: time.Duration(rapid.Int64().Draw(t, "all")), Slots: drawLines(t),
	}
}

func drawHistory(t *rapid.T) *music.HistoryView {
	h := &music.HistoryView{
		Bot: music.BotID(drawID(t, "bot")), Page: rapid.Int().Draw(t, "page"), Pages: rapid.Int().Draw(t, "pages"), Total: rapid.Int().Draw(t, "total"),
	}
	for _, l := range drawLines(t) {
		h.Lines = append(h.Lines, music.HistoryLine{Position: l.Position, Title: l.Title, URI: l.URI, Length: l.Length, By: l.By, At: drawTime(t)})
	}
	return h
}

func drawBots(t *rapid.T) *music.BotsView {
	v := &music.BotsView{Limit: rapid.Int().Draw(t, "limit"), Plan: plan.Name(hostile().Draw(t, "plan"))}
	for range rapid.IntRange(0, 40).Draw(t, "bots") {
		v.Bots = append(v.Bots, music.BotLine{
			Bot: music.BotID(drawID(t, "bot")), Channel: music.ChannelID(drawID(t, "channel")), Track: drawTrack(t), Waiting: rapid.Int().Draw(t, "waiting"),
			State: rapid.SampledFrom([]music.BotState{
				music.BotPlaying, music.BotPaused, music.BotIn, music.BotFree, music.BotOffline, music.BotMissing, music.BotMissing, "?",
			}).Draw(t, "state"),
		})
	}
	return v
}

func drawRoles(t *rapid.T) []music.RoleID {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) music.RoleID { return music.RoleID(drawID(t, "role")) }), 0, 40).Draw(t, "roles")
}

func drawSettings(t *rapid.T) *music.Settings {
	use := rapid.SampledFrom([]music.ChannelUse{"", music.UseEveryone, music.UseRoles, music.UseNobody, "?"})
	s := &music.Settings{
		Volume: rapid.Int().Draw(t, "volume"), Idle: time.Duration(rapid.Int64().Draw(t, "idle")), Empty: time.Duration(rapid.Int64().Draw(t, "empty")),
		Announce: music.ChannelID(drawID(t, "announce")), Language: hostile().Draw(t, "language"), Elsewhere: use.Draw(t, "elsewhere"),
	}
	for range rapid.IntRange(0, 20).Draw(t, "rules") {
		s.Rules = append(s.Rules, music.ChannelRule{
			Channel: music.ChannelID(drawID(t, "channel")), Use: use.Draw(t, "use"), Roles: drawRoles(t),
		})
	}
	return s
}

func drawAnswer(t *rapid.T, kinds, reasons []string) music.Answer {
	now := drawNow(t)
	return music.Answer{
		Kind: music.AnswerKind(rapid.SampledFrom(kinds).Draw(t, "kind")), Track: drawTrack(t),
		Title: hostile().Draw(t, "playlist"), Position: rapid.Int().Draw(t, "position"), Count: rapid.Int().Draw(t, "count"),
		Added: rapid.Int().Draw(t, "added"), Total: rapid.Int().Draw(t, "total"), Limit: rapid.Int().Draw(t, "limit"), Plan: plan.Name(hostile().Draw(t, "lifts")),
		Channel: music.ChannelID(drawID(t, "channel")), User: music.UserID(drawID(t, "user")), Now: &now, Queue: drawQueue(t),
		Other: drawTrack(t), At: time.Duration(rapid.Int64().Draw(t, "at")), Loop: drawLoop(t), History: drawHistory(t), Bots: drawBots(t),
		Settings: drawSettings(t),
		Refusal: &music.Refusal{
			Reason: music.Reason(rapid.SampledFrom(reasons).Draw(t, "reason")), Limit: rapid.Int().Draw(t, "bound"),
			Plan: plan.Name(hostile().Draw(t, "plan")), Channel: music.ChannelID(drawID(t, "where")),
			User: music.UserID(drawID(t, "who")), Roles: drawRoles(t),
			Query: rapid.OneOf(hostile(), rapid.SampledFrom([]string{"volume", "idle", "roles", "rule", "announce"})).Draw(t, "query"),
		},
	}
}
