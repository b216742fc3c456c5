package gateway

import (
	"net/url"
	"slices"
	"strconv"

	dis "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
)

// inviteURL is where a bot is brought into a guild
// (https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow).
const inviteURL = "https://discord.com/oauth2/authorize"

const (
	// WorkerPermissions are what a bot needs that only plays: to see channels,
	// to connect and speak there, and to ask to speak on a stage.
	WorkerPermissions = dis.PermissionViewChannel | dis.PermissionConnect | dis.PermissionSpeak | dis.PermissionRequestToSpeak
	// FrontPermissions are what the front bot needs beside that: to show panels
	// and notices, and to see whether a panel is buried under other messages.
	FrontPermissions = WorkerPermissions | dis.PermissionSendMessages | dis.PermissionEmbedLinks | dis.PermissionReadMessageHistory
)

// invite is the address at which a bot of the pool is brought into a guild,
// empty for one that is not of the pool. A worker brings no commands.
func (r *Role) invite(id music.BotID) string {
	b := r.bot(id)
	if b == nil {
		return ""
	}
	if page := r.opt.Invites[id]; page != "" {
		return page
	}
	client, scope, permissions := b.application(), "bot", WorkerPermissions
	if client == "" {
		client = string(b.id)
	}
	if b == r.front() {
		scope, permissions = "bot applications.commands", FrontPermissions
	}
	base := r.opt.InviteURL
	if base == "" {
		base = inviteURL
	}
	v := url.Values{"client_id": {client}, "scope": {scope}, "permissions": {strconv.FormatInt(int64(permissions), 10)}}
	return base + "?" + v.Encode()
}

// pool names the bots in order of preference.
func (r *Role) pool() []music.BotID {
	out := make([]music.BotID, 0, len(r.bots))
	for _, b := range r.bots {
		out = append(out, b.id)
	}
	return slices.Clip(out)
}
