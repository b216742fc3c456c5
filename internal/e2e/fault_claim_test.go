package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// claim is something that is true after a fault, in words and as a check.
type claim struct {
	words string
	check func(*scene)
}

// unheard is how short a silence or a jump has to be to be taken for none: a
// busy machine takes its time to give a node new credentials.
const unheard = time.Second

// patience is how long one waits for sound.
const patience = 30 * time.Second

// spared is how far a track may be off where it goes on after a silence.
const spared = 2 * time.Second

// What the listener hears.

// goesOn wants the play until now, with no silence longer than unheard.
func goesOn() claim {
	return claim{"The music goes on, with no silence of a second.", func(s *scene) {
		s.t.Helper()
		s.r.Until("it sounds", func(ctx context.Context) bool { return sounding(ctx, s.r) == 1 })
		all := s.heardSince(s.t.Context(), s.began)
		gaps, _ := holes(all, s.play.ID, unheard)
		last, now := nowHeard(all)
		if len(gaps) > 0 || !now || last.play != s.play.ID {
			s.t.Errorf("play %s was not heard without a silence: %v, at last %+v", s.play.ID, gaps, all)
		}
	}}
}

// silentFor wants the same play to go on where it was, after one or more
// silences that are together at most so long. Of a silence for as long as the
// fault lasts, the limit begins when it is mended.
func silentFor(limit time.Duration, whileBroken bool) claim {
	words := fmt.Sprintf("Silence for at most %d s, then the same track goes on where it was.", int(limit.Seconds()))
	if whileBroken {
		words = fmt.Sprintf("Silence while it lasts; at most %d s after it is mended the same track goes on where it was.", int(limit.Seconds()))
	}
	return claim{words, func(s *scene) {
		s.t.Helper()
		s.again()
		all := s.heardSince(s.t.Context(), s.began)
		gaps, _ := holes(all, s.play.ID, tolerance)
		if whileBroken {
			limit += s.mended.Sub(s.broke)
		}
		var total time.Duration
		for _, g := range gaps {
			total += g.long
			if g.jump < -spared || g.jump > g.long+spared {
				s.t.Errorf("after %s of silence it went on %s further: %+v", g.long, g.jump, all)
			}
		}
		if total == 0 || total > limit {
			s.t.Errorf("it was silent for %s, want more than nothing and at most %s: %+v", total, limit, all)
		}
	}}
}

// goesOnOr wants the same play to be heard at last, with silences of together at
// most so long, or none.
func goesOnOr(limit time.Duration) claim {
	words := fmt.Sprintf("The music goes on, with at most %d s of silence where another bot or node takes it over.", int(limit.Seconds()))
	return claim{words, func(s *scene) {
		s.t.Helper()
		e2e.Until(s.t, patience, "it sounds", func(ctx context.Context) bool {
			last, now := nowHeard(s.heardSince(ctx, s.began))
			return now && last.play == s.play.ID && sounding(ctx, s.r) == 1
		})
		gaps, _ := holes(s.heardSince(s.t.Context(), s.began), s.play.ID, tolerance)
		var total time.Duration
		for _, g := range gaps {
			total += g.long
			if g.jump < -spared || g.jump > g.long+spared {
				s.t.Errorf("after %s of silence it went on %s further", g.long, g.jump)
			}
		}
		if total > limit {
			s.t.Errorf("it was silent for %s, want at most %s", total, limit)
		}
	}}
}

// again waits until the play of the scene is heard after the fault.
func (s *scene) again() {
	s.t.Helper()
	e2e.Until(s.t, patience, "it sounds again", func(ctx context.Context) bool {
		all := s.heardSince(ctx, s.began)
		gaps, _ := holes(all, s.play.ID, tolerance)
		last, now := nowHeard(all)
		return len(gaps) > 0 && now && last.play == s.play.ID && sounding(ctx, s.r) == 1
	})
}

// ends wants silence at last.
func ends() claim {
	return claim{"The music ends.", func(s *scene) {
		s.t.Helper()
		s.r.Until("nothing sounds", func(ctx context.Context) bool {
			_, now := nowHeard(s.heardSince(ctx, s.began))
			return !now && sounding(ctx, s.r) == 0
		})
	}}
}

// nothing wants that no track was heard at all.
func nothing() claim {
	return claim{"Nothing: no track begins.", func(s *scene) {
		s.t.Helper()
		if all := s.heardSince(s.t.Context(), s.began); len(all) > 0 {
			s.t.Errorf("something was heard: %+v", all)
		}
	}}
}

// nextTrack wants that another track sounds, within a time of the end of the first.
func nextTrack(limit time.Duration) claim {
	return claim{fmt.Sprintf("The track breaks off; the next one in the queue begins within %d s.", int(limit.Seconds())), func(s *scene) {
		s.t.Helper()
		s.r.Until("the next track sounds", func(ctx context.Context) bool {
			last, now := nowHeard(s.heardSince(ctx, s.began))
			return now && last.play != s.play.ID && last.track == "last-ferry"
		})
		all := s.heardSince(s.t.Context(), s.began)
		_, until := holes(all, s.play.ID, tolerance)
		first := all[slices.IndexFunc(all, func(st stretch) bool { return st.play != s.play.ID })]
		if gap := first.start.Sub(until); gap > limit || first.from > unheard.Milliseconds() {
			s.t.Errorf("the next track began %s later, at %d ms", gap, first.from)
		}
	}}
}

// What the member reads.

// answers types a line and wants a text in the answer.
func answers(line, want string) claim {
	return claim{fmt.Sprintf("`%s` is answered “%s”.", line, want), func(s *scene) {
		s.t.Helper()
		res := s.types(line)
		if res.State != discord.StateAnswered || !strings.Contains(textOf(res), want) {
			s.t.Errorf("ana typed %s: %s, %q; want %q", line, res.State, textOf(res), want)
		}
	}}
}

// works is what a member reads where nothing is wrong for her.
func works() claim { return answers("/nowplaying", "Ocean Floor") }

// unanswered wants that Discord says that the bot did not respond.
func unanswered(line string) claim {
	return claim{fmt.Sprintf("`%s`: Discord says that the application did not respond.", line), func(s *scene) {
		s.t.Helper()
		if res := s.types(line); res.State != discord.StateFailed {
			s.t.Errorf("ana typed %s: %s, %q", line, res.State, textOf(res))
		}
	}}
}

// notice wants a text in the channel.
func notice(want string) claim {
	return claim{fmt.Sprintf("In the channel: “%s”.", want), func(s *scene) {
		s.t.Helper()
		s.r.Until("the channel is told "+want, func(ctx context.Context) bool {
			return slices.ContainsFunc(s.fresh(ctx), func(m string) bool { return strings.Contains(m, want) })
		})
	}}
}

// panel wants a text in a message of the channel that may have been there before.
func panel(want string) claim {
	return claim{fmt.Sprintf("The panel: “%s”.", want), func(s *scene) {
		s.t.Helper()
		s.r.Until("the panel says "+want, func(ctx context.Context) bool {
			return slices.ContainsFunc(s.posted(ctx), func(m discord.Shown) bool { return strings.Contains(mustJSON(m.Message["embeds"]), want) })
		})
	}}
}

// What the operator sees.

// event wants an event of the journal that has a text in its data.
func event(kind, has string) claim {
	words := fmt.Sprintf("event `%s`", kind)
	if has != "" {
		words += fmt.Sprintf(" (%s)", strings.NewReplacer(`"`, "", ":", " ").Replace(has))
	}
	return claim{words, func(s *scene) {
		s.t.Helper()
		s.r.Until("the journal has "+kind+" "+has, func(ctx context.Context) bool {
			return slices.ContainsFunc(s.events(ctx), func(e view.Event) bool {
				return e.Type == kind && strings.Contains(string(e.Data), has)
			})
		})
	}}
}

// quietJournal wants that the journal says nothing of trouble.
func quietJournal() claim {
	return claim{"no event of trouble", func(s *scene) {
		s.t.Helper()
		for _, e := range s.events(s.t.Context()) {
			switch e.Type {
			case "music.play.ended", "music.play.failed", "music.voice.left", "music.player.halted", "music.bot.away", "music.queue.handed_over", "music.player.placed":
				s.t.Errorf("event %s %s", e.Type, e.Data)
			}
		}
	}}
}

// logs wants a text in the daemon's log.
func logs(want string) claim {
	return claim{fmt.Sprintf("log “%s”", strings.ReplaceAll(want, `"`, "")), func(s *scene) {
		s.t.Helper()
		s.r.Until("the log says "+want, func(context.Context) bool { return strings.Contains(s.log(), want) })
	}}
}

// bot wants a state of the front bot's connection.
func bot(state string) claim {
	return claim{fmt.Sprintf("bot `%s`", state), func(s *scene) {
		s.t.Helper()
		s.r.Until("the bot is "+state, func(ctx context.Context) bool {
			st, err := s.r.API().Status(ctx)
			return err == nil && slices.ContainsFunc(st.Bots, func(b view.Bot) bool { return b.Name == "atril" && b.State == state })
		})
	}}
}

// node wants a state of the node that played.
func nodeIs(state string) claim {
	return claim{fmt.Sprintf("node `%s`", state), func(s *scene) {
		s.t.Helper()
		s.r.Until("the node is "+state, func(ctx context.Context) bool {
			n, err := s.r.API().Node(ctx, s.node)
			return err == nil && n.State == state
		})
	}}
}

// playerIs wants a state of the player.
func playerIs(state string) claim {
	return claim{fmt.Sprintf("player `%s`", state), func(s *scene) {
		s.t.Helper()
		s.r.Until("the player is "+state, func(ctx context.Context) bool {
			p, ok := s.player(ctx)
			return ok && p.State == state
		})
	}}
}
