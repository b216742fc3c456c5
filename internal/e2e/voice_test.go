package e2e_test

import (
	"context"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/e2e"
)

// breakDiscord breaks something in the guild demo, and mend mends it.
func breakDiscord(t *testing.T, r *e2e.Rig, name string, args map[string]string) {
	t.Helper()
	if args == nil {
		args = map[string]string{}
	}
	args["guild"] = "demo"
	if _, err := r.Control().SetFault(t.Context(), name, args); err != nil {
		t.Fatal(err)
	}
}

func mend(t *testing.T, r *e2e.Rig, name string) {
	t.Helper()
	if err := r.Control().ClearFault(t.Context(), name, nil); err != nil {
		t.Fatal(err)
	}
}

// hears types a line until a member is told what is wanted: of what changes in a
// guild each bot of the pool hears over its own connection, one after the other.
// What was done instead is undone.
func hears(t *testing.T, r *e2e.Rig, user, line, want string) {
	t.Helper()
	var told string
	for range 4 {
		if told = textOf(say(t, r, user, line)); strings.Contains(told, want) {
			return
		}
		say(t, r, user, "/leave")
	}
	t.Errorf("%s typed %q and was told %q, want %q", user, line, told, want)
}

func TestVoiceRules(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, false, "--plan-default", "free")
	r.Up()
	gathered(r, 3)
	t.Run("not in voice", func(t *testing.T) {
		for _, line := range []string{"/play ocean", "/join", "/skip", "/pause", "/stop", "/leave"} {
			expect(t, r, "ana", line, "Join a voice channel first")
		}
	})
	join(t, r, "ana", "demo", "music")
	join(t, r, "carla", "demo", "quiet")
	t.Run("bot without CONNECT", func(t *testing.T) {
		breakDiscord(t, r, "voice.deny_connect", map[string]string{"channel": "quiet"})
		hears(t, r, "carla", "/join", "permissions View Channel and Connect")
		expect(t, r, "carla", "/play ocean", "I am not allowed into <#")
		mend(t, r, "voice.deny_connect")
	})
	t.Run("bot without SPEAK", func(t *testing.T) {
		breakDiscord(t, r, "voice.deny_speak", map[string]string{"channel": "quiet"})
		hears(t, r, "carla", "/play ocean", "I am not allowed to speak in <#")
		mend(t, r, "voice.deny_speak")
	})
	t.Run("full channel", func(t *testing.T) {
		asked := count(r, "music.play.requested", "")
		breakDiscord(t, r, "voice.user_limit", map[string]string{"channel": "quiet", "limit": "1"})
		// The gateway shows who is in it, so nobody has to wait for a join that cannot be.
		// It has to hear of the limit first; a join that comes before that is waited for.
		hears(t, r, "carla", "/join", "it is probably full")
		for range 3 {
			if !expect(t, r, "carla", "/join", "it is probably full").Deferred {
				break
			}
		}
		for _, line := range []string{"/join", "/play ocean"} {
			if res := expect(t, r, "carla", line, "it is probably full"); res.Deferred {
				t.Errorf("%s was deferred", line)
			}
		}
		if n := count(r, "music.play.requested", "") - asked; n != 0 {
			t.Errorf("%d requests were taken", n)
		}
		mend(t, r, "voice.user_limit")
	})
	t.Run("room again", func(t *testing.T) { expect(t, r, "carla", "/play ocean", "Now playing: ") })
	t.Run("volume beyond the plan", func(t *testing.T) {
		expect(t, r, "carla", "/volume percent:180", "Choose a volume from 0 to 150. The Pro plan raises this limit")
	})
	t.Run("other channel", func(t *testing.T) {
		ended := count(r, "music.play.ended", "")
		for _, line := range []string{"/skip", "/pause", "/stop", "/leave", "/volume percent:10"} {
			expect(t, r, "ana", line, "Join me there to control the music")
		}
		expect(t, r, "ana", "/play night", "the plan of this server allows 1 at once")
		if n := count(r, "music.play.ended", "") - ended; n > 1 {
			t.Errorf("%d plays were ended from another channel", n)
		}
	})
	t.Run("moved", func(t *testing.T) {
		breakDiscord(t, r, "voice.move", map[string]string{"channel": "music"})
		r.Until("the player follows", func(context.Context) bool { return count(r, "music.voice.moved", "") == 1 })
		expect(t, r, "ana", "/nowplaying", "Ocean")
	})
	t.Run("kicked", func(t *testing.T) {
		left := count(r, "music.voice.left", "")
		breakDiscord(t, r, "voice.kick", nil)
		r.Until("the player ends", func(context.Context) bool { return count(r, "music.voice.left", "") > left })
		expect(t, r, "ana", "/skip", "I am not in a voice channel")
		r.Until("the channel is told why", func(ctx context.Context) bool {
			list, err := r.Control().Messages(ctx, "demo", "general", 50)
			if err != nil {
				return false
			}
			for _, m := range list {
				if s, _ := m.Message["content"].(string); strings.Contains(s, "Somebody disconnected me") {
					return true
				}
			}
			return false
		})
	})
	t.Run("channel deleted", func(t *testing.T) {
		expect(t, r, "ana", "/play ocean", "Now playing: ")
		left := count(r, "music.voice.left", "")
		breakDiscord(t, r, "voice.channel_deleted", map[string]string{"channel": "music"})
		r.Until("the player ends", func(context.Context) bool { return count(r, "music.voice.left", "") > left })
	})
}
