package discord

import (
	"encoding/json"
	"slices"
	"strings"
)

const (
	membersInChunk = 1000 // of a GUILD_MEMBERS_CHUNK
	membersAsked   = 100  // by one request with a query or with ids
)

// memberRequest is op 8
// (https://discord.com/developers/docs/events/gateway-events#request-guild-members).
type memberRequest struct {
	Guild     *string         `json:"guild_id"`
	Query     *string         `json:"query"`
	Limit     int             `json:"limit"`
	Presences bool            `json:"presences"`
	UserIDs   json.RawMessage `json:"user_ids"`
	Nonce     string          `json:"nonce"`

	ids []string
}

// read takes the ids, which are a list or a single one.
func (m *memberRequest) read() bool {
	if len(m.UserIDs) == 0 || json.Unmarshal(m.UserIDs, &m.ids) == nil {
		return true
	}
	var one string
	if json.Unmarshal(m.UserIDs, &one) != nil {
		return false
	}
	m.ids = []string{one}
	return true
}

func (c *conn) requestMembers(d json.RawMessage) {
	var m memberRequest
	if !c.decode(d, &m) {
		return
	}
	switch s := c.sess; {
	case !m.read():
		c.refuse(closeDecode, "user_ids must be ids.")
	case m.Guild == nil || (m.Query == nil) == (len(m.ids) == 0) || m.Limit < 0 || m.Limit > membersAsked || len(m.ids) > membersAsked || len(m.Nonce) > 32:
		c.refuse(closeDecode, "Members are requested by guild_id and either query with limit or at most 100 user_ids.")
	case m.Query != nil && *m.Query == "" && m.Limit == 0 && s.Intents&IntentGuildMembers == 0,
		m.Presences && s.Intents&IntentGuildPresences == 0:
		// Discord does not answer what the intents do not allow.
		c.w.violate(Violation{Surface: "gateway", Code: opRequestMembers, Message: "op 8 asks for what the intents do not allow"})
	case c.w.outage(s, *m.Guild):
	case !c.w.has(s, *m.Guild):
		c.w.violate(Violation{Surface: "gateway", Code: opRequestMembers, Message: "op 8 for a guild that the bot or its shard does not have"})
	default:
		c.w.sendMembers(s, c.w.st.guild(*m.Guild), m)
	}
}

// sendMembers answers in chunks of 1000; there is always one.
func (w *World) sendMembers(s *session, g *Guild, m memberRequest) {
	members, missing := []obj{}, []string{}
	for _, mem := range g.Members {
		u := w.st.user(mem.UserID)
		if m.Query != nil && strings.HasPrefix(u.Name, strings.ToLower(*m.Query)) || slices.Contains(m.ids, u.ID) {
			members = append(members, w.memberJSON(g, mem, true))
		}
	}
	for _, id := range m.ids {
		if g.member(id) == nil {
			missing = append(missing, id)
		}
	}
	if m.Limit > 0 && len(members) > m.Limit {
		members = members[:m.Limit]
	}
	chunks := slices.Collect(slices.Chunk(members, membersInChunk))
	if len(chunks) == 0 {
		chunks = [][]obj{{}}
	}
	for i, chunk := range chunks {
		o := obj{"guild_id": g.ID, "members": chunk, "chunk_index": i, "chunk_count": len(chunks)}
		if len(missing) > 0 || len(m.ids) > 0 {
			o["not_found"] = missing
		}
		if m.Presences {
			o["presences"] = []obj{}
		}
		if m.Nonce != "" {
			o["nonce"] = m.Nonce
		}
		w.push(s, "GUILD_MEMBERS_CHUNK", mustJSON(o))
	}
}
