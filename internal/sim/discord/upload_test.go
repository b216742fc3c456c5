package discord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// file is one part of a multipart body.
type file struct {
	field, name string
	data        []byte
}

// form sends a multipart body as the bot; an empty payload is left out.
func (f *fixture) form(method, path, payload string, files ...file) answer {
	f.t.Helper()
	var body bytes.Buffer
	mw := multipart.NewWriter(&body)
	if payload != "" {
		if err := mw.WriteField("payload_json", payload); err != nil {
			f.t.Fatal(err)
		}
	}
	for _, x := range files {
		part, err := mw.CreateFormFile(x.field, x.name)
		if err == nil {
			_, err = part.Write(x.data)
		}
		if err != nil {
			f.t.Fatal(err)
		}
	}
	if err := mw.Close(); err != nil {
		f.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.srv.URL+"/api/v10"+path, &body)
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+f.bot.Token)
	req.Header.Set("Content-Type", mw.FormDataContentType())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{status: res.StatusCode, header: res.Header}
	raw, err := io.ReadAll(res.Body)
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, &a.body)
	}
	if err != nil {
		f.t.Fatalf("%q: %v", raw, err)
	}
	return a
}

func names(a answer) (out []string) {
	for _, x := range a.body["attachments"].([]any) {
		out = append(out, x.(obj)["filename"].(string))
	}
	return out
}

func TestFilesOfAMessage(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	base := "/channels/" + f.channel("general") + "/messages"
	post := f.form("POST", base, `{"content":"two","attachments":[{"id":0,"description":"a song","filename":"my song.txt"}]}`,
		file{"files[0]", "song.txt", []byte("so la")}, file{"files[1]", "../b.txt", []byte("b")})
	if post.status != 200 || fmt.Sprint(names(post)) != "[my_song.txt b.txt]" {
		t.Fatalf("%d %v", post.status, post.body)
	}
	first := post.body["attachments"].([]any)[0].(obj)
	if first["size"] != 5.0 || first["description"] != "a song" {
		t.Fatalf("%v", first)
	}
	res, err := http.Get(first["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || string(raw) != "so la" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Fatalf("%q %v %v", raw, res.Header, err)
	}
	id := base + "/" + post.body["id"].(string)
	if a := f.call("PATCH", id, obj{"content": "edited"}); len(names(a)) != 2 {
		t.Fatalf("an edit without a list keeps them: %v", a.body)
	}
	if a := f.form("PATCH", id, `{}`, file{"files[7]", "c.txt", []byte("c")}); fmt.Sprint(names(a)) != "[my_song.txt b.txt c.txt]" {
		t.Fatalf("a file is added: %v", a.body)
	}
	if a := f.call("PATCH", id, obj{"attachments": []obj{{"id": first["id"]}}}); fmt.Sprint(names(a)) != "[my_song.txt]" {
		t.Fatalf("the list says which stay: %v", a.body)
	}
	// A library sends null for what it does not use, and a whole attachment back for one that stays.
	named := f.form("POST", base, `{"attachments":[{"id":"0","title":"Tide","waveform":null,"duration_secs":null}]}`, file{"files[0]", "t.txt", []byte("t")})
	if named.status != 200 || named.body["attachments"].([]any)[0].(obj)["title"] != "Tide" {
		t.Fatalf("%d %v", named.status, named.body)
	}
	whole := named.body["attachments"].([]any)[0].(obj)
	whole["proxyURL"], whole["ephemeral"] = whole["proxy_url"], false
	if a := f.call("PATCH", base+"/"+named.body["id"].(string), obj{"attachments": []obj{whole}}); fmt.Sprint(names(a)) != "[t.txt]" {
		t.Fatalf("a whole attachment stays: %d %v", a.status, a.body)
	}
	for _, entry := range []string{`{"title":"no id"}`, `{"id":0,"title":7}`, `{"id":0,"waveform":7}`, `{"id":0,"duration_secs":"x"}`, `[]`} {
		if a := f.form("POST", base, `{"attachments":[`+entry+`]}`, file{"files[0]", "t.txt", []byte("t")}); a.status != 400 {
			t.Fatalf("%s: %d %v", entry, a.status, a.body)
		}
	}
	if a := f.form("POST", base, "", file{"files[0]", "alone.txt", []byte("x")}); a.status != 200 {
		t.Fatalf("a file alone is a message: %v", a.body)
	}
}

func TestFilesAreRefused(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	base := "/channels/" + f.channel("general") + "/messages"
	eleven := []file{}
	for i := range 11 {
		eleven = append(eleven, file{fmt.Sprintf("files[%d]", i), "a.txt", nil})
	}
	for name, tc := range map[string]struct {
		payload string
		files   []file
		want    string
	}{
		"nothing at all":       {"{}", nil, "50006"},
		"no file of that id":   {`{"attachments":[{"id":"3"}]}`, []file{{"files[0]", "a.txt", nil}}, "attachments.0.id=ATTACHMENT_NOT_FOUND"},
		"another field":        {"", []file{{"upload", "a.txt", nil}}, "files=BASE_TYPE_INVALID"},
		"no number":            {"", []file{{"files[a]", "a.txt", nil}}, "files=BASE_TYPE_INVALID"},
		"a number twice":       {"", []file{{"files[0]", "a.txt", nil}, {"files[0]", "b.txt", nil}}, "50035"},
		"no name":              {"", []file{{"files[0]", "..", nil}}, "files=BASE_TYPE_INVALID"},
		"eleven":               {"", eleven, "30015"},
		"a payload of no JSON": {"{", nil, "50109"},
		"a bad message":        {`{"content":5}`, []file{{"files[0]", "a.txt", nil}}, "content=STRING_TYPE_CONVERT"},
		"a file of 10 MiB + 1": {"", []file{{"files[0]", "a.txt", make([]byte, 10<<20+1)}}, "40005"},
	} {
		if got := verdict(f.form("POST", base, tc.payload, tc.files...)); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	if err := f.w.SetOverwrite("demo", "general", "atril", 0, discord.PermAttachFiles); err != nil {
		t.Fatal(err)
	}
	if a := f.form("POST", base, "", file{"files[0]", "a.txt", []byte("x")}); a.code() != 50013 {
		t.Fatalf("%v", a.body)
	}
}

func TestFileOfAnInteraction(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	f.command()
	in := f.send(f.login(), play("x"))
	a := f.form("POST", "/interactions/"+in.id+"/"+in.token+"/callback", `{"type":4,"data":{"content":"here"}}`, file{"files[0]", "a.txt", []byte("x")})
	if a.status != 204 {
		t.Fatalf("%d %v", a.status, a.body)
	}
	if r := in.result(); len(r.Reply["attachments"].([]obj)) != 1 {
		t.Fatalf("%+v", r)
	}
}

func TestOldMessagesAreEditedRarely(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, GlobalLimit: -1, NoRouteLimits: true, OldEdits: 2, HeartbeatInterval: 48 * time.Hour})
	base := "/channels/" + f.channel("general") + "/messages"
	id := base + "/" + f.call("POST", base, obj{"content": "panel"}).body["id"].(string)
	edit := func() answer { return f.call("PATCH", id, obj{"content": "panel"}) }
	for range 10 {
		if a := edit(); a.status != 200 {
			t.Fatalf("a young message may be edited: %v", a.body)
		}
	}
	clock.Advance(time.Hour)
	for range 2 {
		if a := edit(); a.status != 200 {
			t.Fatalf("%v", a.body)
		}
	}
	a := edit()
	if a.status != 429 || a.code() != 30046 || a.body["retry_after"] != 3600.0 || a.header.Get("Retry-After") == "" || a.header.Get("Via") == "" ||
		!strings.Contains(a.body["message"].(string), "older than 1 hour") {
		t.Fatalf("%d %v %v", a.status, a.header, a.body)
	}
	fresh := f.call("POST", base, obj{"content": "new panel"})
	if a := f.call("PATCH", base+"/"+fresh.body["id"].(string), obj{"content": "x"}); a.status != 200 {
		t.Fatalf("a new message may be edited: %v", a.body)
	}
	clock.Advance(time.Hour)
	if a := edit(); a.status != 200 {
		t.Fatalf("after an hour: %v", a.body)
	}
}
