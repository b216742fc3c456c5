package discord_test

import (
	"fmt"
	"testing"
)

// A channel with as many people as it takes lets nobody in, except who is in it
// already and who may move members.
func TestAFullChannel(t *testing.T) {
	limit := func(n int) [2]string {
		return [2]string{"CHANNEL_UPDATE", fmt.Sprintf(`{"id":"21","guild_id":%q,"type":2,"user_limit":%d}`, guildID, n)}
	}
	role := func(bits string) [2]string {
		return [2]string{"GUILD_ROLE_UPDATE", fmt.Sprintf(`{"guild_id":%q,"role":{"id":"50","permissions":%q}}`, guildID, bits)}
	}
	join := func(user, channel string) [2]string {
		return [2]string{"VOICE_STATE_UPDATE", voiceEvent(user, channel)}
	}
	for name, tc := range map[string]struct {
		events [][2]string
		want   bool
	}{
		"no limit":               {nil, true},
		"a place left":           {[][2]string{limit(2)}, true},
		"one of one":             {[][2]string{limit(1)}, false},
		"two of two":             {[][2]string{limit(2), join("9", "21")}, false},
		"one of two left again":  {[][2]string{limit(2), join("9", "21"), join("9", "")}, true},
		"others elsewhere":       {[][2]string{limit(2), join("9", "22")}, true},
		"more than the limit":    {[][2]string{join("9", "21"), limit(1)}, false},
		"the bot is in it":       {[][2]string{limit(2), join(botID, "21")}, true},
		"MOVE_MEMBERS":           {[][2]string{limit(1), role("16777216")}, true},
		"ADMINISTRATOR":          {[][2]string{limit(1), role("8")}, true},
		"the limit is taken off": {[][2]string{limit(1), limit(0)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			m := demo(t)
			for _, e := range tc.events {
				if _, err := m.Apply(e[0], e[1]); err != nil {
					t.Fatal(err)
				}
			}
			in, err := m.Complete(press("7"))
			if err != nil || len(in.Actor.Bots) != 1 || in.Actor.Bots[0].Connect != tc.want || in.Actor.Bots[0].Full == tc.want || !in.Actor.Bots[0].Speak {
				t.Errorf("the bot's access is %+v, %v", in.Actor.Bots, err)
			}
		})
	}
}

func TestAccessOfAnotherChannel(t *testing.T) {
	r := start(t, newGate(t))
	r.greet()
	if a, known := r.conn.Access(guildID, "21"); !known || !a.Connect || !a.Speak || a.Bot != botID {
		t.Errorf("in music it is %+v, %t", a, known)
	}
	if a, known := r.conn.Access(guildID, "22"); !known || a.Connect {
		t.Errorf("in quiet it is %+v, %t", a, known)
	}
	if a, known := r.conn.Access("5", "21"); known || a.Connect || a.Bot != botID {
		t.Errorf("in a guild that is not known it is %+v, %t", a, known)
	}
}
