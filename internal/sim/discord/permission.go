package discord

import "strconv"

// The permission bits that this World looks at
// (https://discord.com/developers/docs/topics/permissions).
const (
	PermAdministrator   uint64 = 1 << 3
	PermManageChannels  uint64 = 1 << 4
	PermViewChannel     uint64 = 1 << 10
	PermSendMessages    uint64 = 1 << 11
	PermManageMessages  uint64 = 1 << 13
	PermEmbedLinks      uint64 = 1 << 14
	PermAttachFiles     uint64 = 1 << 15
	PermReadHistory     uint64 = 1 << 16
	PermMentionEveryone uint64 = 1 << 17
	PermConnect         uint64 = 1 << 20
	PermSpeak           uint64 = 1 << 21
	PermMuteMembers     uint64 = 1 << 22
	PermMoveMembers     uint64 = 1 << 24
	PermUseVAD          uint64 = 1 << 25
	PermUseCommands     uint64 = 1 << 31
	PermRequestToSpeak  uint64 = 1 << 32
	PermSendInThreads   uint64 = 1 << 38
	PermSetVoiceStatus  uint64 = 1 << 48

	permAll uint64 = 1<<53 - 1
)

// UsualPermissions are those that a music bot is invited with. MOVE_MEMBERS is
// not among them: a full channel stays closed to it.
const UsualPermissions = PermViewChannel | PermSendMessages | PermEmbedLinks | PermAttachFiles |
	PermReadHistory | PermConnect | PermSpeak | PermUseVAD | PermUseCommands | PermSetVoiceStatus

// everyonePermissions are those of @everyone in the seeded guilds.
const everyonePermissions = PermViewChannel | PermSendMessages | PermEmbedLinks | PermAttachFiles |
	PermReadHistory | PermConnect | PermSpeak | PermUseVAD | PermUseCommands | PermRequestToSpeak | PermSendInThreads

// permissions computes what a member may do in a channel, or in the guild if
// the channel is nil. Nobody who is not a member may do anything.
func (g *Guild) permissions(user string, c *Channel) uint64 {
	m := g.member(user)
	if m == nil {
		return 0
	}
	if g.OwnerID == user {
		return permAll
	}
	var p uint64
	if r := g.role(g.ID); r != nil {
		p = r.Permissions
	}
	for _, id := range m.Roles {
		if r := g.role(id); r != nil {
			p |= r.Permissions
		}
	}
	if p&PermAdministrator != 0 {
		return permAll
	}
	if c == nil {
		return p
	}
	if c.Type == ChannelThread {
		// A thread has no overwrites of its own: those of its channel hold.
		if c = g.channel(c.Parent); c == nil {
			return 0
		}
	}
	p = c.overwrite(p, m, g.ID)
	if p&PermViewChannel == 0 {
		return 0
	}
	if c.voice() && p&PermConnect == 0 {
		p &^= PermSpeak | PermRequestToSpeak | PermUseVAD | PermMuteMembers | PermMoveMembers | PermSetVoiceStatus
	}
	return p
}

// overwrite applies the overwrites in Discord's order: @everyone, the roles
// together, the member.
func (c *Channel) overwrite(p uint64, m *Member, everyone string) uint64 {
	var allow, deny uint64
	for _, o := range c.Overwrites {
		if o.Type == 0 && o.ID == everyone {
			p = p&^o.Deny | o.Allow
		}
	}
	for _, o := range c.Overwrites {
		for _, id := range m.Roles {
			if o.Type == 0 && o.ID == id {
				allow |= o.Allow
				deny |= o.Deny
			}
		}
	}
	p = p&^deny | allow
	for _, o := range c.Overwrites {
		if o.Type == 1 && o.ID == m.UserID {
			p = p&^o.Deny | o.Allow
		}
	}
	return p
}

func permString(p uint64) string { return strconv.FormatUint(p, 10) }
