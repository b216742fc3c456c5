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

	"github.com/atrilhq/platform/internal/fault"
)

// Synced says what SyncCommands wrote, as names of commands.
type Synced struct {
	Created, Updated, Deleted []string
}

// Writes is how many requests changed something.
func (s Synced) Writes() int { return len(s.Created) + len(s.Updated) + len(s.Deleted) }

// SyncCommands makes the global commands of an application those that are
// wanted. It reads what is registered and writes only what differs: Discord
// allows 200 creations a day, and a write makes clients reload.
func (r *REST) SyncCommands(ctx context.Context, application string, want []discord.ApplicationCommandCreate) (Synced, error) {
	const op = "discord.SyncCommands"
	var done Synced
	app, err := idOf(op, application)
	if err != nil {
		return done, err
	}
	var have []map[string]any
	list := rest.GetGlobalCommands.Compile(discord.QueryValues{"with_localizations": true}, app)
	if err := r.do(ctx, op, again, list, nil, &have); err != nil {
		return done, err
	}
	registered := make(map[string]map[string]any, len(have))
	for _, c := range have {
		registered[commandKey(c)] = c
	}
	for _, w := range want {
		wanted, err := object(w)
		if err != nil {
			return done, fault.Wrap(err, fault.Internal, op, "a command cannot be encoded")
		}
		key := commandKey(wanted)
		old, known := registered[key]
		delete(registered, key)
		if known && sameCommand(wanted, old) {
			continue
		}
		// Creating one of the same name replaces it, fields that are not named included.
		if err := r.do(ctx, op, again, rest.CreateGlobalCommand.Compile(nil, app), w, &sent{}); err != nil {
			return done, err
		}
		if known {
			done.Updated = append(done.Updated, w.CommandName())
		} else {
			done.Created = append(done.Created, w.CommandName())
		}
	}
	for _, key := range slices.Sorted(maps.Keys(registered)) {
		id, err := idOf(op, fmt.Sprint(registered[key]["id"]))
		if err != nil {
			return done, err
		}
		err = r.do(ctx, op, again, rest.DeleteGlobalCommand.Compile(nil, app, id), nil, nil)
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return done, err
		}
		done.Deleted = append(done.Deleted, fmt.Sprint(registered[key]["name"]))
	}
	return done, nil
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
		slices.SortFunc(out, func(a, b any) int { return compare(a, b) })
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
