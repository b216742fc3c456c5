package control

import (
	"maps"
	"strings"
)

// names are those of the World's guilds, users and bots. A node knows
// ids only; people say names.
type names struct {
	byID, byName map[string]map[string]string // of a kind, by lower case
}

func (c control) names() names {
	n := names{byID: map[string]map[string]string{}, byName: map[string]map[string]string{}}
	add := func(kind, id, name string) {
		for _, m := range []map[string]map[string]string{n.byID, n.byName} {
			if m[kind] == nil {
				m[kind] = map[string]string{}
			}
		}
		n.byID[kind][id], n.byName[kind][strings.ToLower(name)] = name, id
	}
	v := c.World.View()
	for _, g := range v.Guilds {
		add("guild", g.ID, g.Name)
	}
	for _, u := range v.Users {
		add("user", u.ID, u.Name)
	}
	for _, b := range v.Bots {
		add("bot", b.ApplicationID, b.Name)
		add("user", b.ApplicationID, b.Name)
	}
	return n
}

// swap puts what is known of a kind in the place of what an argument says.
func swap(args map[string]string, known map[string]map[string]string) map[string]string {
	out := maps.Clone(args)
	for kind, v := range out {
		if to, ok := known[kind][strings.ToLower(v)]; ok {
			out[kind] = to
		}
	}
	return out
}
