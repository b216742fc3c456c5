package discord

import "slices"

// Seed describes a world as at first. Names are unique within their list.
type Seed struct {
	Users  []UserSeed
	Bots   []BotSeed
	Guilds []GuildSeed
}

// UserSeed is a person.
type UserSeed struct {
	// Name is the username, lower case.
	Name string
	// Locale is the client's language, as en-US.
	Locale string
	// NoDMs refuses direct messages.
	NoDMs bool
}

// BotSeed is an application with its bot account.
type BotSeed struct {
	Name string
	// Token is the bot token; made up if empty. Its first segment must be the
	// base64 of ApplicationID, which is then needed too.
	Token         string
	ApplicationID string
	// Permissions of the bot's role; UsualPermissions if zero.
	Permissions uint64
	// PrivilegedIntents it may ask for, as a mask of gateway intents.
	PrivilegedIntents int
}

// GuildSeed is a guild; all users are its members, the first one owns it.
type GuildSeed struct {
	Name     string
	Locale   string
	Channels []ChannelSeed
	// Empty leaves all users out but the owner.
	Empty bool
	// Bots are the names of those that are in the guild; nil is all of them. The
	// others can be invited.
	Bots []string
	// Roles are those beside @everyone and the roles of the bots.
	Roles []RoleSeed
}

// RoleSeed is a role of people.
type RoleSeed struct {
	Name        string
	Permissions uint64
	// Members are the names of the users who have it.
	Members []string
}

// ChannelSeed is a channel of a guild.
type ChannelSeed struct {
	Name string
	// Voice makes it a voice channel and Stage a stage channel, otherwise it is
	// a text channel.
	Voice     bool
	Stage     bool
	UserLimit int
}

// Demo is a small world: guild demo with its people, guild empty without, and
// one bot, atril, in both.
func Demo() Seed {
	return Seed{
		Users: []UserSeed{{Name: "ana", Locale: "en-US"}, {Name: "bruno", Locale: "es-ES"}, {Name: "carla", Locale: "en-US"}},
		Bots:  []BotSeed{{Name: "atril"}},
		Guilds: []GuildSeed{
			{Name: "demo", Locale: "en-US", Channels: []ChannelSeed{
				{Name: "general"}, {Name: "music", Voice: true}, {Name: "quiet", Voice: true},
			}},
			{Name: "empty", Locale: "en-US", Empty: true, Channels: []ChannelSeed{
				{Name: "general"}, {Name: "music", Voice: true},
			}},
		},
	}
}

// DemoPool is the small world with several bots: in guild demo are three of
// them, the fourth is to be invited; bruno is a DJ, diego takes no direct
// messages, and there are more channels, a stage too. Guild empty has one bot.
func DemoPool() Seed {
	s := Demo()
	s.Users = append(s.Users, UserSeed{Name: "diego", Locale: "es-ES", NoDMs: true})
	s.Bots = append(s.Bots, BotSeed{Name: "atril-2"}, BotSeed{Name: "atril-3"}, BotSeed{Name: "atril-4"})
	demo, empty := &s.Guilds[0], &s.Guilds[1]
	demo.Bots, empty.Bots = []string{"atril", "atril-2", "atril-3"}, []string{"atril"}
	demo.Roles = []RoleSeed{{Name: "DJ", Members: []string{"bruno"}}}
	demo.Channels = append(demo.Channels,
		ChannelSeed{Name: "requests"}, ChannelSeed{Name: "announcements"},
		ChannelSeed{Name: "lounge", Voice: true, UserLimit: 3}, ChannelSeed{Name: "stage", Stage: true},
	)
	return s
}

func (w *World) seedGuild(s GuildSeed) {
	g := &Guild{ID: w.newID(), Name: s.Name, Locale: s.Locale, Voice: map[string]*VoiceState{}, Servers: map[string]*voiceServer{}}
	g.Roles = append(g.Roles, &Role{ID: g.ID, Name: "@everyone", Permissions: everyonePermissions})
	for i, c := range s.Channels {
		ch := &Channel{ID: w.newID(), GuildID: g.ID, Name: c.Name, Position: i, UserLimit: c.UserLimit}
		switch {
		case c.Voice:
			ch.Type = ChannelVoice
		case c.Stage:
			ch.Type = ChannelStage
		}
		g.Channels = append(g.Channels, ch)
	}
	for _, u := range w.st.Users {
		switch {
		case u.Bot && (s.Bots == nil || slices.Contains(s.Bots, u.Name)):
			w.enter(g, w.st.bot(u.ID))
		case !u.Bot && (g.OwnerID == "" || !s.Empty):
			if g.OwnerID == "" {
				g.OwnerID = u.ID
			}
			g.Members = append(g.Members, &Member{UserID: u.ID, Roles: []string{}, JoinedAt: w.now()})
		}
	}
	for _, r := range s.Roles {
		role := &Role{ID: w.newID(), Name: r.Name, Permissions: r.Permissions, Position: len(g.Roles)}
		g.Roles = append(g.Roles, role)
		for _, m := range g.Members {
			if slices.Contains(r.Members, w.st.user(m.UserID).Name) {
				m.Roles = append(m.Roles, role.ID)
			}
		}
	}
	w.st.Guilds = append(w.st.Guilds, g)
}
