package discord_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/sim/discord"
)

func btn(more obj) obj {
	o := obj{"type": 2, "style": 1, "label": "x", "custom_id": "a"}
	for k, v := range more {
		if o[k] = v; v == nil {
			delete(o, k)
		}
	}
	return o
}

func sel(typ int, more obj) obj {
	o := obj{"type": typ, "custom_id": "s"}
	if typ == 3 {
		o["options"] = []obj{{"label": "A", "value": "a"}, {"label": "B", "value": "b"}}
	}
	maps.Copy(o, more)
	return o
}

func inRow(cs ...obj) []obj { return []obj{{"type": 1, "components": append([]obj{}, cs...)}} }

// verdict is where a body was refused, or the code if nowhere; empty if not.
func verdict(a answer) string {
	switch p := paths(a.body["errors"], ""); {
	case len(p) > 0:
		return p[0]
	case a.status >= 300:
		return fmt.Sprint(a.code())
	}
	return ""
}

func TestComponentsAreRefused(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	long := strings.Repeat("x", 101)
	c0, row0 := "components.0.components.0", "components.0.components"
	manyOptions := make([]obj, 26)
	for i := range manyOptions {
		manyOptions[i] = obj{"label": "l", "value": fmt.Sprint(i)}
	}
	text := func(n int) obj { return obj{"type": 10, "content": strings.Repeat("t", n)} }
	v2 := func(cs ...obj) obj { return obj{"flags": 1 << 15, "components": cs} }
	for name, tc := range map[string]struct {
		body any
		want string
	}{
		"every style of button":       {inRow(btn(nil), btn(obj{"style": 2, "custom_id": "b"}), btn(obj{"style": 3, "custom_id": "c"}), btn(obj{"style": 4, "custom_id": "d"}), btn(obj{"style": 5, "custom_id": nil, "url": "https://x.example"})), ""},
		"a premium button":            {inRow(btn(obj{"style": 6, "custom_id": nil, "label": nil, "sku_id": "1"})), ""},
		"a premium button with label": {inRow(btn(obj{"style": 6, "custom_id": nil, "sku_id": "1"})), c0 + ".label=BUTTON_COMPONENT_INVALID_FIELD"},
		"a premium button without":    {inRow(btn(obj{"style": 6, "custom_id": nil, "label": nil})), c0 + ".sku_id=BASE_TYPE_REQUIRED"},
		"style 7":                     {inRow(btn(obj{"style": 7})), c0 + ".style=NUMBER_TYPE_MAX"},
		"a button with a url":         {inRow(btn(obj{"url": "https://x.example"})), c0 + ".url=BUTTON_COMPONENT_INVALID_FIELD"},
		"a link without url":          {inRow(btn(obj{"style": 5, "custom_id": nil})), c0 + ".url=BASE_TYPE_REQUIRED"},
		"a link with custom id":       {inRow(btn(obj{"style": 5, "url": "https://x.example"})), c0 + ".custom_id=COMPONENT_CUSTOM_ID_AND_URL"},
		"a link to a script":          {inRow(btn(obj{"style": 5, "custom_id": nil, "url": "javascript:1"})), c0 + ".url=URL_TYPE_INVALID_SCHEME"},
		"a link that is too long":     {inRow(btn(obj{"style": 5, "custom_id": nil, "url": "https://" + strings.Repeat("x", 512)})), c0 + ".url=BASE_TYPE_BAD_LENGTH"},
		"a button without custom id":  {inRow(btn(obj{"custom_id": nil})), c0 + ".custom_id=BASE_TYPE_REQUIRED"},
		"a custom id of 101":          {inRow(btn(obj{"custom_id": long})), c0 + ".custom_id=BASE_TYPE_BAD_LENGTH"},
		"a label of 81":               {inRow(btn(obj{"label": long[:81]})), c0 + ".label=BASE_TYPE_MAX_LENGTH"},
		"neither label nor emoji":     {inRow(btn(obj{"label": nil})), c0 + ".label=BUTTON_COMPONENT_INVALID_LABEL"},
		"an emoji alone":              {inRow(btn(obj{"label": nil, "emoji": obj{"name": "▶"}})), ""},
		"an empty emoji":              {inRow(btn(obj{"emoji": obj{}})), c0 + ".emoji.name=BASE_TYPE_REQUIRED"},
		"six rows":                    {rows(6, 1), "components=BASE_TYPE_BAD_LENGTH"},
		"six buttons in a row":        {rows(1, 6), row0 + "=BASE_TYPE_BAD_LENGTH"},
		"an empty row":                {inRow(), row0 + "=BASE_TYPE_BAD_LENGTH"},
		"two of one custom id":        {inRow(btn(nil), btn(nil)), "components=COMPONENT_CUSTOM_ID_DUPLICATED"},
		"two menus in a row":          {inRow(sel(3, nil), sel(5, obj{"custom_id": "t"})), row0 + "=COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		"every kind of menu":          {[]obj{inRow(sel(3, nil))[0], inRow(sel(5, obj{"custom_id": "u"}))[0], inRow(sel(6, obj{"custom_id": "r"}))[0], inRow(sel(7, obj{"custom_id": "m"}))[0], inRow(sel(8, obj{"custom_id": "c", "channel_types": []int{2}}))[0]}, ""},
		"channel types of a role":     {inRow(sel(6, obj{"channel_types": []int{2}})), c0 + ".channel_types=UNKNOWN_FIELD"},
		"26 options":                  {inRow(sel(3, obj{"options": manyOptions})), c0 + ".options=BASE_TYPE_BAD_LENGTH"},
		"no options":                  {inRow(sel(3, obj{"options": []obj{}})), c0 + ".options=BASE_TYPE_BAD_LENGTH"},
		"an option twice":             {inRow(sel(3, obj{"options": []obj{{"label": "A", "value": "a"}, {"label": "B", "value": "a"}}})), c0 + ".options.1.value=SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"},
		"an option label of 101":      {inRow(sel(3, obj{"options": []obj{{"label": long, "value": "a"}}})), c0 + ".options.0.label=BASE_TYPE_BAD_LENGTH"},
		"an option about nothing":     {inRow(sel(3, obj{"options": []obj{{"label": "A", "value": ""}}})), c0 + ".options.0.value=BASE_TYPE_BAD_LENGTH"},
		"more at least than at most":  {inRow(sel(3, obj{"min_values": 2, "max_values": 1})), c0 + ".min_values=SELECT_COMPONENT_MIN_VALUES"},
		"more than there are":         {inRow(sel(3, obj{"max_values": 3})), c0 + ".max_values=SELECT_COMPONENT_MAX_VALUES"},
		"two defaults of one":         {inRow(sel(3, obj{"options": []obj{{"label": "A", "value": "a", "default": true}, {"label": "B", "value": "b", "default": true}}})), c0 + "=SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES"},
		"a placeholder of 151":        {inRow(sel(5, obj{"placeholder": strings.Repeat("x", 151)})), c0 + ".placeholder=BASE_TYPE_MAX_LENGTH"},
		"a text input":                {inRow(obj{"type": 4, "custom_id": "t", "style": 1, "label": "T"}), c0 + ".type=BASE_TYPE_CHOICES"},
		"texts of 4000":               {v2(text(4000)), ""},
		"texts of 4001 in all":        {v2(text(4000), text(1)), "components=COMPONENT_MAX_TOTAL_TEXT"},
		"41 components in all":        {v2(append(rows(7, 5), text(1))[:8]...), "components=COMPONENT_MAX_TOTAL_COMPONENTS"},
		"V2 with content":             {obj{"content": "x", "flags": 1 << 15, "components": []obj{text(1)}}, "content=MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
		"V2 with an embed":            {obj{"embeds": []obj{{"title": "x"}}, "flags": 1 << 15}, "embeds=MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
	} {
		t.Run(name, func(t *testing.T) {
			body, ok := tc.body.(obj)
			if !ok {
				body = obj{"content": "x", "components": tc.body}
			}
			a := f.call("POST", "/channels/"+f.channel("general")+"/messages", body)
			if got := verdict(a); got != tc.want {
				t.Fatalf("%d %q, want %q: %v", a.status, got, tc.want, a.body)
			}
			if tc.want != "" && a.code() != 50035 {
				t.Fatalf("code %d", a.code())
			}
		})
	}
}

// A message of components V2 stays one, also where an edit does not say so.
func TestEditOfComponentsV2(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	base := "/channels/" + f.channel("general") + "/messages"
	id := f.call("POST", base, obj{"flags": 1 << 15, "components": []obj{{"type": 10, "content": "one"}}}).body["id"].(string)
	a := f.call("PATCH", base+"/"+id, obj{"components": []obj{{"type": 17, "components": []obj{{"type": 10, "content": "two"}}}}})
	if a.status != 200 || a.body["flags"] != float64(1<<15) {
		t.Fatalf("%d %v", a.status, a.body)
	}
	if got := verdict(f.call("PATCH", base+"/"+id, obj{"content": "plain"})); got != "content=MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2" {
		t.Fatal(got)
	}
}

func TestSuppressedEmbedsAreNotShown(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	base := "/channels/" + f.channel("general") + "/messages"
	a := f.call("POST", base, obj{"content": "x", "embeds": []obj{{"title": "T"}}})
	id := a.body["id"].(string)
	if len(a.body["embeds"].([]any)) != 1 {
		t.Fatalf("%v", a.body)
	}
	if e := f.call("PATCH", base+"/"+id, obj{"flags": 4}); len(e.body["embeds"].([]any)) != 0 {
		t.Fatalf("%v", e.body)
	}
	if e := f.call("PATCH", base+"/"+id, obj{"flags": 0}); len(e.body["embeds"].([]any)) != 1 {
		t.Fatalf("they come back: %v", e.body)
	}
}
