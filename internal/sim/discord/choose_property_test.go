package discord_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// Whatever menu a bot makes: Discord takes it exactly if its limits fit its
// options, and then a person may pick exactly as many as it says.
func TestMenuTakesWhatItSays(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	c := f.login()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 25).Draw(rt, "options")
		lo := rapid.IntRange(0, 25).Draw(rt, "min")
		hi := rapid.IntRange(1, 25).Draw(rt, "max")
		options, values := []obj{}, []string{}
		for i := range n {
			options = append(options, obj{"label": fmt.Sprint("option ", i), "value": fmt.Sprint(i)})
			values = append(values, fmt.Sprint(i))
		}
		a := f.call("POST", "/channels/"+f.channel("general")+"/messages", obj{"content": "x", "components": inRow(sel(3, obj{
			"options": options, "min_values": lo, "max_values": hi,
		}))})
		if fits := lo <= hi && hi <= n; fits != (a.status == 200) {
			rt.Fatalf("%d options, %d to %d: %d %v", n, lo, hi, a.status, a.body)
		} else if !fits {
			return
		}
		picked := rapid.IntRange(0, n).Draw(rt, "picked")
		k := discord.Click{Guild: "demo", User: "ana", CustomID: "s", Message: a.body["id"].(string), Values: values[:picked]}
		if picked < lo || picked > hi {
			if _, err := f.w.Click(t.Context(), k); fault.CodeOf(err) != fault.Invalid {
				rt.Fatalf("%d of %d to %d: %v", picked, lo, hi, err)
			}
			return
		}
		in := f.click(c, k)
		if got := in.data["data"].(obj)["values"].([]any); len(got) != picked {
			rt.Fatalf("%d were picked, %d came", picked, len(got))
		}
		in.answer(6, nil)
		in.result()
	})
}
