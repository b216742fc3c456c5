package discord_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func input(more obj) obj {
	o := obj{"type": 4, "custom_id": "name", "style": 1, "label": "Name"}
	for k, v := range more {
		if o[k] = v; v == nil {
			delete(o, k)
		}
	}
	return o
}

func modalOf(parts ...obj) obj {
	return obj{"custom_id": "m", "title": "A form", "components": append([]obj{}, parts...)}
}

func labelled(c obj) obj { return obj{"type": 18, "label": "What", "component": c} }

func TestModalsAreRefused(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	f.command()
	c := f.login()
	long := strings.Repeat("x", 101)
	six := make([]obj, 6)
	for i := range six {
		six[i] = inRow(input(obj{"custom_id": strings.Repeat("i", i+1)}))[0]
	}
	c0 := "data.components.0.components.0"
	in := f.send(c, play("x"))
	for name, tc := range map[string]struct {
		modal obj
		want  string
	}{
		"a title of 46":             {obj{"custom_id": "m", "title": long[:46], "components": inRow(input(nil))}, "data.title=BASE_TYPE_BAD_LENGTH"},
		"no title":                  {obj{"custom_id": "m", "components": inRow(input(nil))}, "data.title=BASE_TYPE_REQUIRED"},
		"a custom id of 101":        {obj{"custom_id": long, "title": "T", "components": inRow(input(nil))}, "data.custom_id=BASE_TYPE_BAD_LENGTH"},
		"no components":             {modalOf(), "data.components=BASE_TYPE_BAD_LENGTH"},
		"six components":            {modalOf(six...), "data.components=BASE_TYPE_BAD_LENGTH"},
		"a button":                  {modalOf(inRow(btn(nil))[0]), c0 + ".type=BASE_TYPE_CHOICES"},
		"two inputs in a row":       {modalOf(inRow(input(nil), input(obj{"custom_id": "b"}))[0]), "data.components.0.components=BASE_TYPE_BAD_LENGTH"},
		"an input without label":    {modalOf(inRow(input(obj{"label": nil}))[0]), c0 + ".label=BASE_TYPE_REQUIRED"},
		"a label of 46":             {modalOf(inRow(input(obj{"label": long[:46]}))[0]), c0 + ".label=BASE_TYPE_BAD_LENGTH"},
		"style 3":                   {modalOf(inRow(input(obj{"style": 3}))[0]), c0 + ".style=NUMBER_TYPE_MAX"},
		"a placeholder of 101":      {modalOf(inRow(input(obj{"placeholder": long}))[0]), c0 + ".placeholder=BASE_TYPE_MAX_LENGTH"},
		"longer at least than most": {modalOf(inRow(input(obj{"min_length": 5, "max_length": 4}))[0]), c0 + ".min_length=TEXT_INPUT_COMPONENT_MIN_LENGTH"},
		"a value that is too long":  {modalOf(inRow(input(obj{"max_length": 2, "value": "abc"}))[0]), c0 + ".value=BASE_TYPE_BAD_LENGTH"},
		"a length of 4001":          {modalOf(inRow(input(obj{"max_length": 4001}))[0]), c0 + ".max_length=NUMBER_TYPE_MAX"},
		"two of one custom id":      {modalOf(inRow(input(nil))[0], inRow(input(nil))[0]), "data.components=COMPONENT_CUSTOM_ID_DUPLICATED"},
		"two labels":                {modalOf(labelled(input(nil))), "data.components.0.component.label=COMPONENT_LABEL_NOT_ALLOWED"},
		"a label about a button":    {modalOf(labelled(btn(nil))), "data.components.0.component.type=BASE_TYPE_CHOICES"},
		"a container":               {modalOf(obj{"type": 17}), "data.components.0.type=BASE_TYPE_CHOICES"},
	} {
		a := in.answer(9, tc.modal)
		if got := verdict(a); !strings.HasPrefix(got, tc.want) || a.code() != 50035 {
			t.Errorf("%s: %q, want %q: %v", name, got, tc.want, a.body)
		}
	}
	if a := in.answer(9, modalOf(inRow(input(nil))[0])); a.status != 204 {
		t.Fatalf("after all refusals it is still owed and taken: %v", a.body)
	}
	in.result()
}

// open has a command answered by a modal and returns its id.
func (f *fixture) open(c *client, modal obj) string {
	f.t.Helper()
	in := f.send(c, play("x"))
	if a := in.answer(9, modal); a.status != 204 {
		f.t.Fatalf("%v", a.body)
	}
	var m struct{ ID string }
	if err := json.Unmarshal(in.result().Modal, &m); err != nil || m.ID != in.id {
		f.t.Fatalf("modal %+v: %v", m, err)
	}
	return m.ID
}

// submit sends a modal and takes its interaction.
func (f *fixture) submit(c *client, s discord.ModalSubmit) *sent {
	f.t.Helper()
	in := &sent{t: f.t, f: f, done: make(chan discord.Result, 1)}
	go func() {
		res, err := f.w.SubmitModal(f.t.Context(), s)
		if err != nil {
			f.t.Errorf("submit: %v", err)
		}
		in.done <- res
	}()
	in.take(c)
	return in
}

func TestModalIsSubmitted(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	f.command()
	c := f.login()
	id := f.open(c, modalOf(
		inRow(input(obj{"min_length": 2, "max_length": 5}))[0],
		obj{"type": 10, "content": "Some text"},
		labelled(input(obj{"custom_id": "more", "label": nil, "style": 2, "required": false, "value": "as it was"})),
		labelled(sel(5, obj{"custom_id": "who"})),
		labelled(sel(3, obj{"custom_id": "which", "required": false})),
	))
	good := func(more map[string][]string) discord.ModalSubmit {
		s := discord.ModalSubmit{ID: id, User: "ana", Fields: map[string][]string{"name": {"ocean"}, "who": {"bruno"}}}
		maps.Copy(s.Fields, more)
		return s
	}
	other := good(nil)
	other.User = "bruno"
	for name, tc := range map[string]struct {
		s    discord.ModalSubmit
		code fault.Code
	}{
		"too short":         {good(map[string][]string{"name": {"a"}}), fault.Invalid},
		"too long":          {good(map[string][]string{"name": {"abcdef"}}), fault.Invalid},
		"empty":             {good(map[string][]string{"name": {""}}), fault.Invalid},
		"two lines in one":  {good(map[string][]string{"name": {"a\nb"}}), fault.Invalid},
		"nobody":            {good(map[string][]string{"who": nil}), fault.Invalid},
		"somebody unknown":  {good(map[string][]string{"who": {"zoe"}}), fault.NotFound},
		"not an option":     {good(map[string][]string{"which": {"z"}}), fault.NotFound},
		"an unknown field":  {good(map[string][]string{"x": {"y"}}), fault.Invalid},
		"somebody else":     {other, fault.NotFound},
		"an unknown modal":  {discord.ModalSubmit{ID: "1", User: "ana"}, fault.NotFound},
		"nobody's at all":   {discord.ModalSubmit{ID: id, User: "zoe"}, fault.NotFound},
		"a required is out": {discord.ModalSubmit{ID: id, User: "ana"}, fault.Invalid},
	} {
		if _, err := f.w.SubmitModal(t.Context(), tc.s); fault.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := f.submit(c, good(nil))
	data, parts := in.data["data"].(obj), in.data["data"].(obj)["components"].([]any)
	if in.data["type"] != 5.0 || data["custom_id"] != "m" || len(parts) != 5 || in.data["message"] != nil {
		t.Fatalf("%v", in.data)
	}
	field := func(i int) obj {
		p := parts[i].(obj)
		if in, ok := p["components"]; ok {
			return in.([]any)[0].(obj)
		}
		return p["component"].(obj)
	}
	bruno := f.user("bruno")
	if v := field(0); v["value"] != "ocean" || v["custom_id"] != "name" || v["type"] != 4.0 || v["label"] != nil || v["id"] == nil {
		t.Fatalf("%v", v)
	}
	if field(2)["value"] != "as it was" || field(3)["values"].([]any)[0] != bruno || len(field(4)["values"].([]any)) != 0 {
		t.Fatalf("%v", parts)
	}
	if data["resolved"].(obj)["users"].(obj)[bruno] == nil {
		t.Fatalf("%v", data["resolved"])
	}
	for _, typ := range []int{6, 7, 9} {
		if a := in.answer(typ, modalOf(inRow(input(nil))[0])); a.code() != 50035 {
			t.Fatalf("type %d does not answer a modal of a command: %v", typ, a.body)
		}
	}
	if a := in.answer(4, obj{"content": "thanks"}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	r := in.result()
	meta, _ := r.Reply["interaction_metadata"].(obj)
	if r.Reply["content"] != "thanks" || meta["type"] != 5 || meta["triggering_interaction_metadata"].(obj)["id"] != id {
		t.Fatalf("%+v", r)
	}
	if _, err := f.w.SubmitModal(t.Context(), good(nil)); fault.CodeOf(err) != fault.Conflict {
		t.Fatal(err)
	}
}

// A modal that a button opened may change the message of the button.
func TestModalOfAComponent(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	c := f.login()
	post := f.call("POST", "/channels/"+f.channel("general")+"/messages", obj{"content": "panel", "components": inRow(btn(nil))})
	in := f.click(c, discord.Click{Guild: "demo", User: "carla", CustomID: "a"})
	if a := in.answer(9, modalOf(inRow(input(nil))[0])); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	in.result()
	sub := f.submit(c, discord.ModalSubmit{ID: in.id, User: "carla", Fields: map[string][]string{"name": {"x"}}})
	if sub.data["message"].(obj)["id"] != post.body["id"] {
		t.Fatalf("%v", sub.data)
	}
	if a := sub.answer(7, obj{"content": "changed"}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	if r := sub.result(); r.Reply["content"] != "changed" || r.Reply["id"] != post.body["id"] {
		t.Fatalf("%+v", r)
	}
}

// click uses a component and takes its interaction.
func (f *fixture) click(c *client, k discord.Click) *sent {
	f.t.Helper()
	in := &sent{t: f.t, f: f, done: make(chan discord.Result, 1)}
	go func() {
		r, err := f.w.Click(f.t.Context(), k)
		if err != nil {
			f.t.Errorf("click: %v", err)
		}
		in.done <- r
	}()
	in.take(c)
	return in
}
