package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"

	"github.com/atrilhq/platform/internal/fault"
)

// Synced says what SyncCommands changed, as names of commands.
type Synced struct {
	Created, Updated, Deleted []string
}

// Changes is how many commands are not what they were.
func (s Synced) Changes() int { return len(s.Created) + len(s.Updated) + len(s.Deleted) }

// SyncCommands makes the global commands of an application those that are
// wanted. It reads what is registered and writes only where that differs:
// Discord allows 200 creations a day, and a write makes clients reload. One
// difference is written by itself. Several are written by replacing the whole
// list in one request, because single ones are limited to a few in 20 s.
func (r *REST) SyncCommands(ctx context.Context, application string, want []discord.ApplicationCommandCreate) (Synced, error) {
	const op = "discord.SyncCommands"
	app, err := idOf(op, application)
	if err != nil {
		return Synced{}, err
	}
	var have []map[string]any
	list := rest.GetGlobalCommands.Compile(discord.QueryValues{"with_localizations": true}, app)
	if err := r.do(ctx, op, again, list, nil, &have); err != nil {
		return Synced{}, err
	}
	d, err := compareCommands(want, have)
	if err != nil {
		return Synced{}, err
	}
	switch {
	case d.Changes() == 0:
	case d.Changes() > 1:
		if want == nil {
			want = []discord.ApplicationCommandCreate{}
		}
		err = r.do(ctx, op, again, rest.SetGlobalCommands.Compile(nil, app), want, nil)
	case d.write != nil:
		// Creating one of the same name replaces it, fields that are not named included.
		err = r.do(ctx, op, again, rest.CreateGlobalCommand.Compile(nil, app), d.write, &sent{})
	default:
		err = r.do(ctx, op, again, rest.DeleteGlobalCommand.Compile(nil, app, d.remove), nil, nil)
		if fault.CodeOf(err) == fault.NotFound {
			err = nil
		}
	}
	if err != nil {
		return Synced{}, err
	}
	return d.Synced, nil
}

// difference is what SyncCommands has to change. Write and remove are the last
// of their kind, for a difference of one.
type difference struct {
	Synced

	write  discord.ApplicationCommandCreate
	remove snowflake.ID
}

func compareCommands(want []discord.ApplicationCommandCreate, have []map[string]any) (difference, error) {
	const op = "discord.SyncCommands"
	var d difference
	registered := make(map[string]map[string]any, len(have))
	for _, c := range have {
		registered[commandKey(c)] = c
	}
	for _, w := range want {
		wanted, err := object(w)
		if err != nil {
			return d, fault.Wrap(err, fault.Internal, op, "a command cannot be encoded")
		}
		key := commandKey(wanted)
		old, known := registered[key]
		delete(registered, key)
		switch {
		case !known:
			d.Created = append(d.Created, w.CommandName())
		case sameCommand(wanted, old):
			continue
		default:
			d.Updated = append(d.Updated, w.CommandName())
		}
		d.write = w
	}
	for _, key := range slices.Sorted(maps.Keys(registered)) {
		id, err := idOf(op, fmt.Sprint(registered[key]["id"]))
		if err != nil {
			return d, err
		}
		d.remove = id
		d.Deleted = append(d.Deleted, fmt.Sprint(registered[key]["name"]))
	}
	return d, nil
}

func object(v any) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	return m, json.Unmarshal(raw, &m)
}

func commandKey(c map[string]any) string {
	t := c["type"]
	if t == nil {
		t = 1.0
	}
	return fmt.Sprintf("%v:%v", t, c["name"])
}

// sameCommand compares what is wanted with what Discord says it has. Discord
// adds ids and fills in defaults; those of no meaning are left out on both
// sides. Where no contexts or integration types are wanted any will do: Discord
// then takes the application's.
func sameCommand(want, have map[string]any) bool {
	keys := []string{
		"name", "name_localizations", "description", "description_localizations", "options",
		"default_member_permissions", "nsfw",
	}
	for _, k := range []string{"contexts", "integration_types"} {
		if want[k] != nil {
			keys = append(keys, k)
		}
	}
	return reflect.DeepEqual(normal(want, keys), normal(have, keys))
}

var optionKeys = []string{ //nolint:gochecknoglobals // a constant list
	"type", "name", "name_localizations", "description", "description_localizations", "required", "choices",
	"options", "channel_types", "min_value", "max_value", "min_length", "max_length", "autocomplete", "value",
}

// normal is an object with only these keys and without what means nothing.
func normal(o map[string]any, keys []string) map[string]any {
	out := map[string]any{}
	for _, k := range keys {
		switch v := o[k].(type) {
		case nil:
		case bool:
			if v || k == "value" {
				out[k] = v
			}
		case map[string]any:
			if len(v) > 0 {
				out[k] = v
			}
		case []any:
			if len(v) > 0 {
				out[k] = normalList(k, v)
			}
		default:
			out[k] = v
		}
	}
	return out
}

func normalList(key string, list []any) []any {
	out := slices.Clone(list)
	if key == "contexts" || key == "integration_types" || key == "channel_types" {
		slices.SortFunc(out, compare)
		return out
	}
	for i, v := range out {
		if m, ok := v.(map[string]any); ok {
			out[i] = normal(m, optionKeys)
		}
	}
	return out
}

func compare(a, b any) int {
	x, _ := a.(float64)
	y, _ := b.(float64)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	default:
		return 0
	}
}
