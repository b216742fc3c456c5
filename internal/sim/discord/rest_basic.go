package discord

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

func (w *World) basicRoutes() []route {
	return []route{
		{pattern: "GET /gateway", open: true, interaction: true, handle: w.getGateway},
		{pattern: "GET /gateway/bot", rate: perFive, handle: w.getGatewayBot},
		{pattern: "GET /users/@me", rate: perTen, handle: func(q *request) (int, any, *apiError) {
			return 200, selfJSON(w.st.user(q.bot.ID)), nil
		}},
		{pattern: "GET /users/@me/guilds", rate: perTen, handle: w.getMyGuilds},
		{pattern: "GET /users/{user}", rate: perTen, handle: w.getUser},
		{pattern: "GET /applications/@me", rate: perTen, handle: w.getApplication},
		{pattern: "GET /oauth2/applications/@me", rate: perTen, handle: w.getApplication},
		{pattern: "GET /guilds/{guild}", rate: perTen, handle: w.inGuild(w.getGuild)},
		{pattern: "GET /guilds/{guild}/channels", rate: perTen, handle: w.inGuild(w.getChannels)},
		{pattern: "GET /guilds/{guild}/roles", rate: perTen, handle: w.inGuild(func(_ *request, g *Guild) (int, any, *apiError) {
			return 200, guildJSON(g)["roles"], nil
		})},
		{pattern: "GET /guilds/{guild}/members", rate: perTen, handle: w.inGuild(w.getMembers)},
		{pattern: "GET /guilds/{guild}/members/{user}", rate: perTen, handle: w.inGuild(w.getMember)},
		{pattern: "GET /guilds/{guild}/voice-states/{user}", rate: perTen, handle: w.inGuild(w.getVoiceState)},
		{pattern: "PATCH /guilds/{guild}/voice-states/@me", rate: perFive, handle: w.inGuild(w.patchVoiceState)},
		{pattern: "GET /channels/{channel}", rate: perTen, handle: w.inChannel(func(_ *request, _ *Guild, c *Channel) (int, any, *apiError) {
			return 200, w.channelJSON(c), nil
		})},
		{pattern: "PUT /channels/{channel}/voice-status", rate: perFive, handle: w.inChannel(w.putVoiceStatus)},
	}
}

// inGuild gives an endpoint its guild, if the bot is in it.
func (w *World) inGuild(f func(*request, *Guild) (int, any, *apiError)) func(*request) (int, any, *apiError) {
	return func(q *request) (int, any, *apiError) {
		g := w.st.guild(q.PathValue("guild"))
		if g == nil || g.member(q.bot.ID) == nil {
			return 0, nil, errUnknown(10004, "Guild")
		}
		return f(q, g)
	}
}

// inChannel gives an endpoint its channel, if the bot may see it.
func (w *World) inChannel(f func(*request, *Guild, *Channel) (int, any, *apiError)) func(*request) (int, any, *apiError) {
	return func(q *request) (int, any, *apiError) {
		g, c := w.st.channel(q.PathValue("channel"))
		if c == nil {
			return 0, nil, errUnknown(10003, "Channel")
		}
		if g.permissions(q.bot.ID, c)&PermViewChannel == 0 {
			return 0, nil, errAccess()
		}
		return f(q, g, c)
	}
}

func (w *World) getGateway(*request) (int, any, *apiError) {
	return 200, obj{"url": w.gatewayURL()}, nil
}

func (w *World) getGatewayBot(q *request) (int, any, *apiError) {
	n, reset := w.identified(q.bot)
	return 200, obj{"url": w.gatewayURL(), "shards": w.shards(q.bot), "session_start_limit": obj{
		"total": w.opts.IdentifyLimit, "remaining": max(w.opts.IdentifyLimit-n, 0),
		"reset_after": reset.Milliseconds(), "max_concurrency": w.opts.MaxConcurrency,
	}}, nil
}

func (w *World) getMyGuilds(q *request) (int, any, *apiError) {
	out := []obj{}
	for _, g := range w.st.Guilds {
		if g.member(q.bot.ID) != nil {
			out = append(out, obj{
				"id": g.ID, "name": g.Name, "icon": nil, "banner": nil, "owner": false,
				"permissions": permString(g.permissions(q.bot.ID, nil)), "features": []string{},
			})
		}
	}
	return 200, out, nil
}

func (w *World) getUser(q *request) (int, any, *apiError) {
	if u := w.st.user(q.PathValue("user")); u != nil {
		return 200, userJSON(u), nil
	}
	return 0, nil, errUnknown(10013, "User")
}

func (w *World) getApplication(q *request) (int, any, *apiError) {
	var owner *User
	for _, u := range w.st.Users {
		if !u.Bot {
			owner = u
			break
		}
	}
	return 200, w.applicationJSON(q.bot, owner), nil
}

func (w *World) getGuild(_ *request, g *Guild) (int, any, *apiError) {
	n := len(g.Members)
	return 200, merge(guildJSON(g), obj{"approximate_member_count": n, "approximate_presence_count": n}), nil
}

func (w *World) getChannels(_ *request, g *Guild) (int, any, *apiError) {
	out := []obj{}
	for _, c := range g.Channels {
		out = append(out, w.channelJSON(c))
	}
	return 200, out, nil
}

func (w *World) getMembers(q *request, g *Guild) (int, any, *apiError) {
	limit, p := 1, &problems{}
	if v := q.URL.Query().Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if limit = n; err != nil || n < 1 || n > 1000 {
			p.at("limit").add("NUMBER_TYPE_MAX", "int value should be between 1 and 1000.")
			return 0, nil, errForm(p)
		}
	}
	members := slices.SortedFunc(slices.Values(g.Members), func(a, b *Member) int { return compareID(a.UserID, b.UserID) })
	after, out := q.URL.Query().Get("after"), []obj{}
	for _, m := range members {
		if len(out) < limit && compareID(m.UserID, cmp.Or(after, "0")) > 0 {
			out = append(out, w.memberJSON(g, m, true))
		}
	}
	return 200, out, nil
}

// compareID orders ids by age.
func compareID(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func (w *World) getMember(q *request, g *Guild) (int, any, *apiError) {
	if m := g.member(q.PathValue("user")); m != nil {
		return 200, w.memberJSON(g, m, true), nil
	}
	return 0, nil, errUnknown(10007, "Member")
}

func (w *World) getVoiceState(q *request, g *Guild) (int, any, *apiError) {
	user := q.PathValue("user")
	if user == "@me" {
		user = q.bot.ID
	}
	if vs := g.Voice[user]; vs != nil {
		return 200, w.voiceEventJSON(g, vs), nil
	}
	return 0, nil, errUnknown(10065, "Voice State")
}

// patchVoiceState is for stage channels.
func (w *World) patchVoiceState(q *request, g *Guild) (int, any, *apiError) {
	if e := q.validate(object(fields{
		"channel_id": null(snowflakeID), "suppress": null(boolean), "request_to_speak_timestamp": null(timestamp),
	})); e != nil {
		return 0, nil, e
	}
	vs := g.Voice[q.bot.ID]
	if vs == nil {
		return 0, nil, errUnknown(10065, "Voice State")
	}
	if id, ok := q.body.(map[string]any)["channel_id"]; ok && id != vs.ChannelID {
		return 0, nil, refuse(400, 50035, "The bot is not in that channel")
	}
	body, _ := q.body.(map[string]any)
	if e := w.changeOwnVoice(g, vs, body); e != nil {
		return 0, nil, e
	}
	return http.StatusNoContent, nil, nil
}

func (w *World) putVoiceStatus(q *request, g *Guild, c *Channel) (int, any, *apiError) {
	if e := q.validate(object(fields{"status!": null(str(0, 500))})); e != nil {
		return 0, nil, e
	}
	if c.Type != ChannelVoice {
		return 0, nil, refuse(400, 50024, "Cannot execute action on this channel type")
	}
	if g.permissions(q.bot.ID, c)&PermSetVoiceStatus == 0 {
		return 0, nil, errPermission()
	}
	c.Status, _ = q.body.(map[string]any)["status"].(string)
	w.dispatch(event{name: "VOICE_CHANNEL_STATUS_UPDATE", guild: g.ID, intent: IntentGuilds, data: obj{
		"id": c.ID, "guild_id": g.ID, "status": c.Status,
	}})
	return http.StatusNoContent, nil, nil
}

func timestamp(v any, p *problems) {
	s, _ := v.(string)
	if _, err := time.Parse(time.RFC3339, s); err != nil {
		p.add("DATE_TIME_TYPE_PARSE", "Could not parse this. Should be ISO8601.")
	}
}
