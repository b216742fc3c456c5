package e2e_test

// limited is a 429 that an answer runs into.
func limited(form string, more ...string) faultCase {
	args := atril("form", form, "route", "POST /interactions", "retry_after", "0.7")
	for i := 0; i+1 < len(more); i += 2 {
		args[more[i]] = more[i+1]
	}
	return faultCase{
		fault: "rest.rate_limit", args: args,
		sees:  []claim{quietJournal()},
		reads: []claim{works()},
		hears: goesOn(),
	}
}

// onPanel has the panel edited, because interactions are not under the global limit.
func onPanel(c faultCase) faultCase {
	c.when = "The volume is changed, so that the panel is edited."
	c.act = func(s *scene) { s.types("/volume percent:50") }
	return c
}

func restFaults() []faultCase {
	answer := "POST /interactions"
	return []faultCase{
		limited("route"),
		limited("route", "header", "fraction"),
		limited("shared"),
		onPanel(limited("global", "route", "/channels/")),
		limited("cloudflare"),
		{
			fault: "rest.slow", args: atril("delay", "1s", "count", "1", "route", answer),
			reads: []claim{works()}, sees: []claim{quietJournal()}, hears: goesOn(),
		},
		{
			fault: "rest.slow", args: atril("delay", "4s", "count", "1", "route", answer),
			reads: []claim{unanswered("/nowplaying"), works()}, sees: []claim{quietJournal()}, hears: goesOn(),
		},
		{
			fault: "rest.late_reply", args: atril("delay", "4s", "count", "1", "route", answer),
			reads: []claim{works()}, sees: []claim{quietJournal()}, hears: goesOn(),
		},
		{
			fault: "rest.error", args: atril("status", "500", "count", "1", "route", answer),
			reads: []claim{works()}, sees: []claim{quietJournal()}, hears: goesOn(),
		},
		{
			fault: "rest.error", args: atril("status", "502", "count", "1", "route", answer),
			reads: []claim{works()}, sees: []claim{quietJournal()}, hears: goesOn(),
		},
		{
			fault: "rest.error", args: atril("status", "503", "count", "2", "route", answer),
			reads: []claim{works()}, sees: []claim{quietJournal()}, hears: goesOn(),
		},
		{
			fault: "rest.error", args: atril("status", "502", "count", "1", "applied", "true", "route", answer),
			reads: []claim{works()}, sees: []claim{quietJournal()}, hears: goesOn(),
		},
	}
}
