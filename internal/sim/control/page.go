package control

import (
	"encoding/json"
	"net/http"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// ModalRequest submits a modal. Its id is in the answer that opened it, and is
// the id of that interaction: either name is taken.
type ModalRequest struct {
	InteractionID string            `json:"interaction_id,omitempty"`
	ModalID       string            `json:"modal_id,omitempty"`
	User          string            `json:"user"`
	Fields        map[string]Values `json:"fields,omitempty"`
	WaitMS        int               `json:"wait_ms,omitempty"`
}

// Values are what was put into a field: one text, or the list of what was
// picked in a select menu.
type Values []string

// UnmarshalJSON takes a text or a list of texts.
func (v *Values) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*v = Values{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(v))
}

// InviteRequest brings a bot into a guild.
type InviteRequest struct {
	Bot   string `json:"bot"`
	Guild string `json:"guild"`
}

// DMsRequest says whether a user refuses direct messages.
type DMsRequest struct {
	User   string `json:"user"`
	Refuse bool   `json:"refuse"`
}

func (c control) modal(r *http.Request) (any, error) {
	req, err := take[ModalRequest](r)
	if err != nil {
		return nil, err
	}
	id := req.ModalID
	if id == "" {
		id = req.InteractionID
	}
	fields := map[string][]string{}
	for name, v := range req.Fields {
		fields[name] = v
	}
	ctx, cancel := waiting(r, req.WaitMS)
	defer cancel()
	return c.World.SubmitModal(ctx, discord.ModalSubmit{ID: id, User: req.User, Fields: fields})
}

func (c control) invite(r *http.Request) (any, error) {
	req, err := take[InviteRequest](r)
	if err != nil {
		return nil, err
	}
	return nil, c.World.AddBot(req.Guild, req.Bot)
}

func (c control) dms(r *http.Request) (any, error) {
	req, err := take[DMsRequest](r)
	if err != nil {
		return nil, err
	}
	return nil, c.World.RefuseDMs(req.User, req.Refuse)
}

// registered are the commands that a line may name.
func (c control) registered(guild, channel, user, bot string) ([]discord.Command, error) {
	if guild != "" {
		return c.World.Commands(guild)
	}
	if channel == "" {
		channel = bot
	}
	return c.World.DirectCommands(user, channel)
}

// media serves what the page plays and shows. An img element cannot send a
// header, and what is here is no secret, so that only the host is looked at.
func media(h http.Handler) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if h == nil {
			reply(rw, nil, fault.New(fault.NotFound, "control.Media", "this sandbox has no media"))
			return
		}
		h.ServeHTTP(rw, r)
	}
}
