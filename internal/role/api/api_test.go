package api_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/store"
)

// fill writes guilds with a player of two bots each, through the store.
func fill(t *testing.T, r *roletest.Rig, names ...string) []music.GuildID {
	t.Helper()
	var ids []music.GuildID
	for i, name := range names {
		id := music.GuildID(fmt.Sprint(1000 + i))
		part := partition.Of(id, 4)
		lease, err := r.Store.Acquire(t.Context(), part, "test", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		g := music.New(id)
		g.Name = name
		for _, bot := range []music.BotID{r.Bot, "901"} {
			p := &music.Player{Bot: bot, Volume: 100, Voice: music.Voice{Want: "50"}}
			for n := range 5 {
				p.Queue = append(p.Queue, &music.Slot{
					ID: music.SlotID(fmt.Sprintf("%s-%s-%d", id, bot, n)), State: music.SlotReady, By: "7", At: time.Now().UTC(),
					Track: music.Keep(&music.Track{Encoded: "e", Title: fmt.Sprint("track ", n), Length: time.Minute}),
				})
			}
			g.Players = append(g.Players, p)
		}
		b := &store.Batch{
			At: time.Now().UTC(), Stamps: []store.Stamp{{Partition: part, Epoch: lease.Epoch, Batch: lease.Batch + 1}},
			Guilds: []store.GuildChange{{Partition: part, After: &g}},
		}
		if _, err := r.Store.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if err := r.Store.Release(t.Context(), "test", b.Stamps); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func code(t *testing.T, err error, want fault.Code, says string) {
	t.Helper()
	msg, hint := fault.Show(err)
	if fault.CodeOf(err) != want || !strings.Contains(msg+" "+hint, says) {
		t.Errorf("got %v (%s; %s), want %s that says %q", err, msg, hint, want, says)
	}
}

func TestPlayersPageByPage(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	fill(t, r, "one", "two", "three")
	b := backend(r, nil)
	var seen []string
	cursor := ""
	for range 10 {
		page, err := b.Players(t.Context(), httpapi.PlayerFilter{Page: httpapi.Page{Limit: 4, Cursor: cursor}})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Items {
			seen = append(seen, p.Guild+"/"+p.BotName)
			if p.Queue != 5 || p.State != "waiting" {
				t.Errorf("%+v", p)
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if len(seen) != 6 {
		t.Errorf("saw %v", seen)
	}
	for _, f := range []httpapi.PlayerFilter{{Guild: "two", Bot: "main"}, {Guild: "1001", Bot: string(r.Bot)}} {
		f.Limit = 10
		page, err := b.Players(t.Context(), f)
		if err != nil || len(page.Items) != 1 || page.Items[0].Guild != "1001" || page.NextCursor != "" {
			t.Errorf("%+v: %+v %v", f, page, err)
		}
	}
	for _, bad := range []string{"%%", base64.RawURLEncoding.EncodeToString([]byte("no slash"))} {
		_, err := b.Players(t.Context(), httpapi.PlayerFilter{Page: httpapi.Page{Limit: 4, Cursor: bad}})
		code(t, err, fault.Invalid, "next_cursor")
	}
}

func TestNamesOfGuilds(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	ids := fill(t, r, "one", "twice", "twice")
	b := backend(r, nil)
	if p, err := b.Player(t.Context(), "one", "main"); err != nil || p.Guild != string(ids[0]) || p.GuildName != "one" {
		t.Errorf("%+v %v", p, err)
	}
	_, err := b.Player(t.Context(), "twice", "main")
	code(t, err, fault.Invalid, string(ids[1])+", "+string(ids[2]))
	_, err = b.Player(t.Context(), "nobody", "main")
	code(t, err, fault.NotFound, "guilds list")
	_, err = b.Player(t.Context(), "99", "main")
	code(t, err, fault.NotFound, "no guild")
	_, err = b.Queue(t.Context(), "one", "902", httpapi.Page{Limit: 1})
	code(t, err, fault.NotFound, "--guild one")
}

func TestQueuePageByPage(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	fill(t, r, "one")
	b := backend(r, nil)
	var titles []string
	cursor := ""
	for range 10 {
		q, err := b.Queue(t.Context(), "one", "other", httpapi.Page{Limit: 2, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		if q.Total != 5 || q.LengthMS != (5*time.Minute).Milliseconds() {
			t.Errorf("%+v", q)
		}
		for _, x := range q.Items {
			titles = append(titles, fmt.Sprint(x.Position, x.Track.Title))
		}
		if cursor = q.NextCursor; cursor == "" {
			break
		}
	}
	if got := strings.Join(titles, ","); got != "1track 0,2track 1,3track 2,4track 3,5track 4" {
		t.Error(got)
	}
	for _, bad := range []string{"x", "-1", "6", "9223372036854775807"} {
		_, err := b.Queue(t.Context(), "one", "other", httpapi.Page{Limit: 2, Cursor: bad})
		code(t, err, fault.Invalid, "next_cursor")
	}
}

func TestWhatOnlyARunningRoleKnows(t *testing.T) {
	modes(t, testWhatOnlyARunningRoleKnows)
}

func testWhatOnlyARunningRoleKnows(t *testing.T, m mode) {
	r := roletest.New(t, roletest.Options{})
	b := m.backend(r, nil)
	_, err := b.Nodes(t.Context())
	code(t, err, fault.Unavailable, "--roles audio")
	_, err = b.Node(t.Context(), "n1")
	code(t, err, fault.Unavailable, "--roles audio")
	_, err = b.Sandbox(t.Context())
	code(t, err, fault.NotFound, "--sandbox")
}

func TestStatusAndLivePlayers(t *testing.T) {
	modes(t, testStatusAndLivePlayers)
}

func testStatusAndLivePlayers(t *testing.T, m mode) {
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	r.StartGateway()
	b := m.backend(r, a)
	r.Join("ana")
	r.Send(`/play query:"ocean"`)
	roletest.Until(t, "it sounds", func() bool { return a.Sounds(r) })
	s, err := b.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != "v1" || s.Players.Total != 1 || s.Players.Active != 1 || s.Nodes.Active != 1 || s.Ownership.Held != 4 ||
		s.Ownership.Total != 4 || s.LastEvent == 0 || s.Database.Engine == "" || s.Guilds == 0 {
		t.Errorf("%+v", s)
	}
	page, err := b.Players(t.Context(), httpapi.PlayerFilter{Page: httpapi.Page{Limit: 10}})
	if err != nil || len(page.Items) != 1 || page.Items[0].Listeners != 1 || page.Items[0].GuildName == "" {
		t.Errorf("%+v %v", page, err)
	}
	p, err := b.Player(t.Context(), string(r.Guild), "main")
	if err != nil || p.State != "playing" || p.Listeners != 1 || p.Play == nil || p.Node != "n1" {
		t.Errorf("%+v %v", p, err)
	}
	if n, err := b.Node(t.Context(), "n1"); err != nil || n.State != "up" || n.Sessions != 1 {
		t.Errorf("%+v %v", n, err)
	}
	_, err = b.Node(t.Context(), "n9")
	code(t, err, fault.NotFound, "nodes list")
}
