package discord

import "net/http"

func (w *World) stageRoutes() []route {
	base := "/stage-instances/{channel}"
	return []route{
		{pattern: "POST /stage-instances", rate: perFive, handle: w.createStage},
		{pattern: "GET " + base, rate: perTen, handle: w.ofStage(false, func(_ *request, c *Channel) (int, any, *apiError) {
			return 200, stageJSON(c), nil
		})},
		{pattern: "PATCH " + base, rate: perFive, handle: w.ofStage(true, w.patchStage)},
		{pattern: "DELETE " + base, rate: perFive, handle: w.ofStage(true, func(_ *request, c *Channel) (int, any, *apiError) {
			w.tellStage("STAGE_INSTANCE_DELETE", c)
			c.Stage = nil
			return http.StatusNoContent, nil, nil
		})},
		{pattern: "PATCH /guilds/{guild}/voice-states/{user}", rate: perFive, handle: w.inGuild(w.patchOtherVoice)},
	}
}

// permModerateStage is what one needs to open and close a stage.
const permModerateStage = PermManageChannels | PermMuteMembers | PermMoveMembers

// ofStage gives an endpoint a channel with a live stage. With moderate true the
// bot must be a moderator of it.
func (w *World) ofStage(moderate bool, f func(*request, *Channel) (int, any, *apiError)) func(*request) (int, any, *apiError) {
	return w.inChannel(func(q *request, g *Guild, c *Channel) (int, any, *apiError) {
		if c.Stage == nil {
			return 0, nil, errUnknown(10067, "Stage Instance")
		}
		if moderate && g.permissions(q.bot.ID, c)&permModerateStage != permModerateStage {
			return 0, nil, errPermission()
		}
		return f(q, c)
	})
}

func (w *World) createStage(q *request) (int, any, *apiError) {
	if e := q.validate(object(fields{
		"channel_id!": snowflakeID, "topic!": str(1, 120), "privacy_level": integer(2, 2),
		"send_start_notification": null(boolean), "guild_scheduled_event_id": null(snowflakeID),
	})); e != nil {
		return 0, nil, e
	}
	body, _ := q.body.(map[string]any)
	id, _ := body["channel_id"].(string)
	topic, _ := body["topic"].(string)
	g, c := w.st.channel(id)
	switch {
	case c == nil || g.permissions(q.bot.ID, c)&PermViewChannel == 0:
		return 0, nil, errUnknown(10003, "Channel")
	case c.Type != ChannelStage:
		return 0, nil, refuse(400, 50024, "Cannot execute action on this channel type")
	case g.permissions(q.bot.ID, c)&permModerateStage != permModerateStage:
		return 0, nil, errPermission()
	case c.Stage != nil:
		return 0, nil, refuse(400, 150006, "The Stage is already open")
	}
	w.openStage(c, topic)
	return 200, stageJSON(c), nil
}

func (w *World) patchStage(q *request, c *Channel) (int, any, *apiError) {
	if e := q.validate(object(fields{"topic": str(1, 120), "privacy_level": integer(2, 2)})); e != nil {
		return 0, nil, e
	}
	if topic, ok := q.body.(map[string]any)["topic"].(string); ok {
		c.Stage.Topic = topic
	}
	w.tellStage("STAGE_INSTANCE_UPDATE", c)
	return 200, stageJSON(c), nil
}

// patchOtherVoice is PATCH voice-states/{user}: a moderator suppresses somebody
// or invites them to speak.
func (w *World) patchOtherVoice(q *request, g *Guild) (int, any, *apiError) {
	if e := q.validate(object(fields{"channel_id": null(snowflakeID), "suppress": null(boolean)})); e != nil {
		return 0, nil, e
	}
	vs := g.Voice[q.PathValue("user")]
	if vs == nil {
		return 0, nil, errUnknown(10065, "Voice State")
	}
	ch := g.channel(vs.ChannelID)
	if ch == nil || ch.Type != ChannelStage {
		return 0, nil, refuse(400, 50024, "Cannot execute action on this channel type")
	}
	if g.permissions(q.bot.ID, ch)&PermMuteMembers == 0 {
		return 0, nil, errPermission()
	}
	if v, ok := q.body.(map[string]any)["suppress"].(bool); ok && v != vs.Suppress {
		w.suppress(g, vs, v)
	}
	return http.StatusNoContent, nil, nil
}
