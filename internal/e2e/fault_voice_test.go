package e2e_test

// inAudience is a bot that plays and may not be heard.
func inAudience() claim {
	c := goesOn()
	c.words = "Nothing while the bot is in the audience of the stage. The node plays on, so the music is there as soon as the bot may speak."
	return c
}

func voiceFaults() []faultCase {
	return []faultCase{
		{fault: "voice.server_move", sees: []claim{quietJournal()}, reads: []claim{works()}, hears: goesOn()},
		{
			fault: "voice.endpoint_null", sees: []claim{quietJournal()}, reads: []claim{works()},
			mended: []claim{playerIs("playing")}, hears: goesOn(),
		},
		{
			fault: "voice.kick", sees: []claim{event("music.voice.left", `"reason":"disconnected"`)},
			reads: []claim{notice("Somebody disconnected me from"), answers("/skip", "I am not in a voice channel")}, hears: ends(),
		},
		{
			fault: "voice.move", args: map[string]string{"channel": "quiet"}, sees: []claim{event("music.voice.moved", "")},
			reads: []claim{works(), answers("/pause", "Join me there to control the music")}, hears: goesOn(),
		},
		{
			fault: "voice.user_limit", args: map[string]string{"channel": "music", "limit": "1"}, quiet: true,
			when:  "Nobody plays anything yet.",
			act:   func(s *scene) { s.told("/play query:\"last ferry\"", "I could not get into") },
			reads: []claim{answers("/play query:\"last ferry\"", "I could not get into")},
			sees:  []claim{quietJournal()},
			hears: nothing(),
		},
		{
			fault: "voice.deny_connect", args: map[string]string{"channel": "music"}, quiet: true,
			when:  "Nobody plays anything yet.",
			act:   func(s *scene) { s.told("/play query:\"last ferry\"", "I am not allowed into") },
			reads: []claim{answers("/play query:\"last ferry\"", "I am not allowed into")},
			sees:  []claim{quietJournal()},
			hears: nothing(),
		},
		{
			fault: "voice.deny_speak", args: map[string]string{"channel": "music"}, quiet: true,
			when:  "Nobody plays anything yet.",
			act:   func(s *scene) { s.told("/play query:\"last ferry\"", "I am not allowed to speak in") },
			reads: []claim{answers("/play query:\"last ferry\"", "I am not allowed to speak in")},
			sees:  []claim{quietJournal()},
			hears: nothing(),
		},
		{
			fault: "voice.stage", args: map[string]string{"channel": "music"},
			sees:  []claim{event("music.voice.moved", "")},
			reads: []claim{panel("Waiting for permission to speak")}, hears: inAudience(),
		},
		{
			fault: "voice.suppress", channel: "stage", before: func(s *scene) { s.mend() }, sees: []claim{event("music.voice.suppressed", "")},
			reads: []claim{notice("I am in the audience of")}, hears: inAudience(),
		},
		{
			fault: "voice.channel_deleted", args: map[string]string{"channel": "music"},
			sees:  []claim{event("music.voice.left", "")},
			reads: []claim{notice("or the channel is gone")}, hears: ends(),
		},
		{
			fault: "voice.guild_unavailable", sees: []claim{quietJournal()}, mended: []claim{works()}, hears: goesOn(),
		},
		{
			fault: "voice.guild_removed", args: map[string]string{"bot": "atril-2"}, sees: []claim{event("music.bot.left", "")},
			reads: []claim{works()}, mended: []claim{event("music.bot.joined", "")}, hears: goesOn(),
		},
		{
			fault: "voice.guild_removed", sees: []claim{event("music.bot.left", ""), event("music.queue.handed_over", "")},
			mended: []claim{event("music.bot.joined", "")}, hears: silentFor(moment, false),
		},
		{
			fault: "voice.bot_added", sees: []claim{event("music.bot.joined", "")}, reads: []claim{answers("/bots", "plays **[Ocean Floor]")}, hears: goesOn(),
		},
	}
}
