package discord_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	disgo "github.com/disgoorg/disgo/discord"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/discord"
)

type over struct {
	ID    string `json:"id"`
	Type  int    `json:"type"`
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

func bits(p disgo.Permissions) string { return strconv.FormatInt(int64(p), 10) }

// place is a guild with one voice channel that person 7 is in, seen by a bot
// whose account is 1000.
type place struct {
	owner    string
	everyone disgo.Permissions
	roles    map[string]disgo.Permissions
	mine     []string
	timedOut time.Time
	over     []over
}

func (p place) guildCreate() string {
	roles := []map[string]any{{"id": guildID, "permissions": bits(p.everyone)}}
	for id, b := range p.roles {
		roles = append(roles, map[string]any{"id": id, "permissions": bits(b)})
	}
	me := map[string]any{"user": map[string]any{"id": botID, "bot": true}, "roles": append([]string{}, p.mine...)}
	if !p.timedOut.IsZero() {
		me["communication_disabled_until"] = p.timedOut.Format(time.RFC3339)
	}
	raw, _ := json.Marshal(map[string]any{ //nolint:errchkjson // nothing in it can fail
		"id": guildID, "owner_id": p.owner, "roles": roles,
		"channels":     []any{map[string]any{"id": "21", "type": 2, "permission_overwrites": append([]over{}, p.over...)}},
		"members":      []any{me, map[string]any{"user": map[string]any{"id": "7"}, "roles": []string{}}},
		"voice_states": []any{map[string]any{"user_id": "7", "channel_id": "21", "session_id": "x"}},
	})
	return string(raw)
}

// access asks what a connection's cache says by way of an interaction.
func (p place) access(t fataler, now time.Time) (connect, speak bool) {
	in, err := discord.Complete(botID, botID, now, p.guildCreate(), press("7"))
	if err != nil || len(in.Actor.Bots) != 1 || in.Actor.Voice != "21" || in.Actor.Bots[0].Bot != botID {
		t.Fatalf("the interaction is %+v, %v", in.Actor, err)
	}
	return in.Actor.Bots[0].Connect, in.Actor.Bots[0].Speak
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func press(user string) string {
	return fmt.Sprintf(`{"id":"175928847299117063","application_id":"1000","type":3,"token":"tok","guild_id":%q,
		"channel_id":"20","member":{"user":{"id":%q},"permissions":"0"},"data":{"id":3,"component_type":2,"custom_id":"skip"},"message":{"id":"5"}}`, guildID, user)
}

const (
	view    = disgo.PermissionViewChannel
	connect = disgo.PermissionConnect
	speak   = disgo.PermissionSpeak
	admin   = disgo.PermissionAdministrator
)

func TestPermissions(t *testing.T) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	all := view | connect | speak
	role := map[string]disgo.Permissions{"50": 0, "51": 0}
	for name, tc := range map[string]struct {
		p              place
		connect, speak bool
	}{
		"everyone may":                   {place{everyone: all}, true, true},
		"nobody may":                     {place{}, false, false},
		"without view there is nothing":  {place{everyone: connect | speak}, false, false},
		"a role may":                     {place{everyone: view, roles: map[string]disgo.Permissions{"50": connect}, mine: []string{"50"}}, true, false},
		"a role of others":               {place{everyone: view, roles: map[string]disgo.Permissions{"50": connect}}, false, false},
		"an administrator, denied":       {place{everyone: admin, over: []over{{guildID, 0, "0", bits(all)}}}, true, true},
		"the owner, denied":              {place{owner: botID, over: []over{{botID, 1, "0", bits(all)}}}, true, true},
		"everyone is denied":             {place{everyone: all, over: []over{{guildID, 0, "0", bits(connect)}}}, false, true},
		"a role lifts everyone's denial": {place{everyone: all, roles: role, mine: []string{"50"}, over: []over{{guildID, 0, "0", bits(connect)}, {"50", 0, bits(connect), "0"}}}, true, true},
		"of two roles the one that allows wins": {place{everyone: all, roles: role, mine: []string{"50", "51"}, over: []over{
			{"50", 0, bits(speak), "0"}, {"51", 0, "0", bits(speak)},
		}}, true, true},
		"the member's own denial wins": {place{everyone: all, roles: role, mine: []string{"50"}, over: []over{
			{botID, 1, "0", bits(speak)}, {"50", 0, bits(speak), "0"},
		}}, true, false},
		"a role's overwrite is not a member's": {place{everyone: all, over: []over{{botID, 0, "0", bits(speak)}}}, true, true},
		"timed out":                            {place{everyone: all, timedOut: now.Add(time.Minute)}, false, false},
		"no longer timed out":                  {place{everyone: all, timedOut: now.Add(-time.Minute)}, true, true},
		"an administrator cannot be timed out": {place{everyone: admin, timedOut: now.Add(time.Minute)}, true, true},
		"a role that is gone":                  {place{everyone: all, mine: []string{"99"}}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := tc.p.access(t, now)
			if c != tc.connect || s != tc.speak {
				t.Errorf("connect %v, speak %v", c, s)
			}
		})
	}
}

// naive decides one permission at a time, in words as Discord's documentation
// has them: the last rule that says anything about it decides.
func naive(p place, now time.Time, want disgo.Permissions) bool {
	if p.owner == botID {
		return true
	}
	has := func(b disgo.Permissions, bit disgo.Permissions) bool { return b&bit != 0 }
	inRoles := func(bit disgo.Permissions) bool {
		ok := has(p.everyone, bit)
		for _, r := range p.mine {
			ok = ok || has(p.roles[r], bit)
		}
		return ok
	}
	if inRoles(admin) {
		return true
	}
	if now.Before(p.timedOut) {
		return false // neither connect nor speak is left
	}
	in := func(s string, bit disgo.Permissions) bool {
		n, _ := strconv.ParseInt(s, 10, 64)
		return has(disgo.Permissions(n), bit)
	}
	decide := func(bit disgo.Permissions) bool {
		ok := inRoles(bit)
		for level := range 3 {
			denied, allowed := false, false
			for _, o := range p.over {
				mine := level == 0 && o.Type == 0 && o.ID == guildID ||
					level == 1 && o.Type == 0 && o.ID != guildID && slices.Contains(p.mine, o.ID) ||
					level == 2 && o.Type == 1 && o.ID == botID
				denied = denied || mine && in(o.Deny, bit)
				allowed = allowed || mine && in(o.Allow, bit)
			}
			if denied {
				ok = false
			}
			if allowed {
				ok = true
			}
		}
		return ok
	}
	return decide(view) && decide(want)
}

func TestPermissionsProperty(t *testing.T) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.Custom(func(t *rapid.T) disgo.Permissions {
			var p disgo.Permissions
			for _, b := range []disgo.Permissions{view, connect, speak, disgo.PermissionManageRoles} {
				if rapid.Bool().Draw(t, "bit") {
					p |= b
				}
			}
			if rapid.IntRange(0, 15).Draw(t, "admin") == 0 {
				p |= admin
			}
			return p
		})
		ids := []string{"50", "51", "52"}
		p := place{
			everyone: set.Draw(t, "everyone"), roles: map[string]disgo.Permissions{},
			owner: rapid.SampledFrom([]string{"7", "7", "7", botID}).Draw(t, "owner"),
			mine:  rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, 3, rapid.ID).Draw(t, "mine"),
		}
		for _, id := range ids {
			p.roles[id] = set.Draw(t, "role")
		}
		targets := []over{{ID: guildID}, {ID: "50"}, {ID: "51"}, {ID: "52"}, {ID: botID, Type: 1}, {ID: "7", Type: 1}}
		for _, o := range rapid.Permutation(targets).Draw(t, "order")[:rapid.IntRange(0, len(targets)).Draw(t, "n")] {
			o.Allow, o.Deny = bits(set.Draw(t, "allow")), bits(set.Draw(t, "deny"))
			p.over = append(p.over, o)
		}
		if rapid.IntRange(0, 7).Draw(t, "timeout") == 0 {
			p.timedOut = now.Add(time.Hour)
		}
		c, s := p.access(t, now)
		if want := naive(p, now, connect); c != want {
			t.Fatalf("connect is %v, the model says %v", c, want)
		}
		if want := naive(p, now, speak); s != want {
			t.Fatalf("speak is %v, the model says %v", s, want)
		}
	})
}
