package discord

import (
	"slices"
	"strconv"
	"time"

	"github.com/disgoorg/disgo/discord"
)

// timedOutPermissions is all that a member keeps while timed out
// (https://discord.com/developers/docs/topics/permissions#permissions-for-timed-out-members).
const timedOutPermissions = discord.PermissionViewChannel | discord.PermissionReadMessageHistory

// perms is a set of permissions, on the wire a decimal number in a string.
type perms discord.Permissions

// UnmarshalText reads the decimal form. Bits above the 63rd are unknown to
// anyone and dropped.
func (p *perms) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return err
	}
	*p = perms(n & (1<<63 - 1))
	return nil
}

// MarshalText writes the decimal form.
func (p perms) MarshalText() ([]byte, error) {
	return strconv.AppendInt(nil, int64(p), 10), nil
}

// overwriteKind says whom an overwrite is for.
type overwriteKind int

const (
	overwriteRole   overwriteKind = 0
	overwriteMember overwriteKind = 1
)

// overwrite changes permissions in one channel, for a role or a member.
type overwrite struct {
	ID    string        `json:"id"`
	Kind  overwriteKind `json:"type"`
	Allow perms         `json:"allow"`
	Deny  perms         `json:"deny"`
}

// member is what is known of an account's rights in a guild.
type member struct {
	Roles []string `json:"roles,omitempty"`
	// TimedOut is until when the member is timed out.
	TimedOut time.Time `json:"timed_out,omitzero"`
}

// permissionsIn computes what an account may do in a channel, by the rules of
// https://discord.com/developers/docs/topics/permissions#permission-overwrites.
// Without VIEW_CHANNEL there is nothing: Discord denies the rest implicitly.
func (g *guild) permissionsIn(account string, m member, ch *channel, now time.Time) discord.Permissions {
	const all = discord.PermissionsAll
	if account == g.Owner {
		return all
	}
	base := g.Roles[g.ID]
	for _, r := range m.Roles {
		base |= g.Roles[r]
	}
	if base&perms(discord.PermissionAdministrator) != 0 {
		return all
	}
	p := base
	apply := func(allow, deny perms) { p = p&^deny | allow }
	var roleAllow, roleDeny perms
	for _, o := range ch.Overwrites {
		switch {
		case o.Kind == overwriteRole && o.ID == g.ID:
			apply(o.Allow, o.Deny)
		case o.Kind == overwriteRole && slices.Contains(m.Roles, o.ID):
			roleAllow |= o.Allow
			roleDeny |= o.Deny
		}
	}
	apply(roleAllow, roleDeny)
	for _, o := range ch.Overwrites {
		if o.Kind == overwriteMember && o.ID == account {
			apply(o.Allow, o.Deny)
		}
	}
	if now.Before(m.TimedOut) {
		p &= perms(timedOutPermissions)
	}
	if p&perms(discord.PermissionViewChannel) == 0 {
		return 0
	}
	return discord.Permissions(p)
}
