package discord

import (
	"slices"
	"strings"
)

// reference resolves an option that names a user, a channel or a role, by
// mention, id or name, and remembers it for data.resolved.
func (r *resolver) reference(o Option, raw string) (any, error) {
	key := strings.TrimRight(strings.TrimLeft(raw, "<@#&!"), ">")
	switch o.Type {
	case OptUser, OptMentionable:
		_, u, err := r.w.findMember(r.op, r.g.ID, key)
		if err == nil {
			r.user(u)
			return u.ID, nil
		}
		if o.Type == OptUser {
			return nil, err
		}
		return r.role(key)
	case OptChannel:
		return r.channel(o, key)
	case OptRole:
		return r.role(key)
	}
	return nil, r.bad("option %q takes a file; files cannot be sent here", o.Name)
}

// keep puts a resolved thing under its kind.
func (r *resolver) keep(kind, id string, v obj) {
	if r.seen[kind] == nil {
		r.seen[kind] = obj{}
	}
	r.seen[kind][id] = v
}

func (r *resolver) user(u *User) {
	m := r.w.memberJSON(r.g, r.g.member(u.ID), false)
	delete(m, "deaf")
	delete(m, "mute")
	m["permissions"] = permString(r.g.permissions(u.ID, nil))
	r.keep("users", u.ID, userJSON(u))
	r.keep("members", u.ID, m)
}

func (r *resolver) channel(o Option, key string) (any, error) {
	c, err := findChannel(r.op, r.g, key)
	if err != nil {
		return nil, err
	}
	if len(o.ChannelTypes) > 0 && !slices.Contains(o.ChannelTypes, c.Type) {
		return nil, r.bad("option %q does not take a channel of this type", o.Name)
	}
	r.keep("channels", c.ID, r.w.channelJSON(c))
	return c.ID, nil
}

func (r *resolver) role(key string) (any, error) {
	role, err := find(r.op, "role", key, r.g.Roles, func(x *Role) (string, string) { return x.ID, x.Name })
	if err != nil {
		return nil, err
	}
	r.keep("roles", role.ID, roleJSON(role))
	return role.ID, nil
}
