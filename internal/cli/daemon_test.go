package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// backend is a small world: three players in two guilds, two nodes, 120 events.
type backend struct {
	control string // address of a sandbox, empty for none
	events  []view.Event

	mu    sync.Mutex
	rules []view.ChannelRule

	maintenance view.Maintenance
}

func newBackend(control string) *backend {
	b := &backend{control: control}
	for i := range int64(120) {
		kind, guild := "music.play.started", "11"
		if i%2 == 1 {
			kind, guild = "music.bot.left", "22"
		}
		b.events = append(b.events, view.Event{
			Seq: i + 1, ID: fmt.Sprintf("e-%d", i+1), Type: kind, Guild: guild, Time: at.Add(time.Duration(i-120) * time.Second),
			Data: json.RawMessage(fmt.Sprintf(`{"n":%d}`, i+1)),
		})
	}
	return b
}

func (b *backend) Status(ctx context.Context) (view.Status, error) {
	s := status()
	if m, err := b.Maintenance(ctx); err != nil {
		return s, err
	} else if m.Active {
		s.Maintenance = &m
	}
	return s, nil
}

func status() view.Status {
	return view.Status{
		Version: "1.2.3", Commit: "abc", Mode: "sandbox", StartedAt: at.Add(-time.Hour), UptimeMS: 3_600_000, PID: 42, DataDir: "/data",
		Roles:     []view.Role{{Name: "api", State: "running"}, {Name: "audio", State: "failed", Detail: "no lease"}},
		Checks:    []view.Check{{Name: "database", OK: true}, {Name: "nodes", Reason: "no node is up"}},
		Bots:      []view.Bot{{Name: "atril", ID: "7", State: "ready", Shards: 1, Guilds: 2, LatencyMS: 12}},
		Frontless: []view.Frontless{{ID: "12", Name: "lonely", Invite: "https://discord.example/invite?client_id=7"}},
		Nodes:     view.Count{Total: 2, Active: 1}, Players: view.Count{Total: 3, Active: 1}, Guilds: 2,
		Database: view.Database{Engine: "sqlite", Version: "3.50", Schema: 4}, Ownership: view.Ownership{Total: 16, Held: 16}, LastEvent: 120,
		Addresses: []view.Listener{{Name: "api", Address: "127.0.0.1:8080"}},
		Processes: []view.Process{
			{Name: "h:1", State: "up", Ready: true, Roles: []view.Role{{Name: "api", State: "running"}}, PID: 42, Version: "1.2.3", StartedAt: at.Add(-time.Hour), SeenAt: at, Addresses: []view.Listener{{Name: "api", Address: "127.0.0.1:8080"}}},
			{Name: "h:2", State: "silent", Roles: []view.Role{{Name: "audio", State: "running"}, {Name: "worker", State: "running"}}, Partitions: 16, PID: 43, Version: "1.2.3", StartedAt: at.Add(-time.Hour), SeenAt: at.Add(-time.Minute), Host: "h", Addresses: []view.Listener{}},
		},
	}
}

func players() []view.Player {
	track := view.Track{Identifier: "o", Title: "Ocean \x1b[31mred", Author: "Ana", Source: "http", LengthMS: 185_000}
	return []view.Player{
		{Guild: "11", GuildName: "demo", Bot: "7", BotName: "atril", State: "playing", Node: "lava1", Channel: "31", Listeners: 2, Volume: 100, Queue: 3, Play: &view.Play{ID: "p1", Slot: "s1", Phase: "sounding", By: "u1", Since: at.Add(-time.Minute), PositionMS: 61_000, Track: track}},
		{Guild: "22", GuildName: "two", Bot: "7", BotName: "atril", State: "idle", Volume: 80, IdleAt: at.Add(2 * time.Minute)},
		{Guild: "22", GuildName: "two", Bot: "8", BotName: "second", State: "paused", Volume: 80},
	}
}

func (b *backend) Players(_ context.Context, f httpapi.PlayerFilter) (view.PlayerPage, error) {
	items := slices.DeleteFunc(players(), func(p view.Player) bool {
		return (f.Guild != "" && f.Guild != p.Guild && f.Guild != p.GuildName) || (f.Bot != "" && f.Bot != p.Bot && f.Bot != p.BotName) || (f.Node != "" && f.Node != p.Node)
	})
	from, _ := strconv.Atoi(f.Cursor)
	page := view.PlayerPage{Items: items[from:min(len(items), from+f.Limit)]}
	if from+f.Limit < len(items) {
		page.NextCursor = strconv.Itoa(from + f.Limit)
	}
	return page, nil
}

func (b *backend) Player(_ context.Context, guild, bot string) (view.Player, error) {
	for _, p := range players() {
		if (guild == p.Guild || guild == p.GuildName) && (bot == p.Bot || bot == p.BotName) {
			return p, nil
		}
	}
	return view.Player{}, fault.New(fault.NotFound, "backend", "there is no player of "+bot+" in guild "+guild).WithHint("run platformctl players list to see the players")
}

func (b *backend) Queue(ctx context.Context, guild, bot string, p httpapi.Page) (view.QueuePage, error) {
	pl, err := b.Player(ctx, guild, bot)
	if err != nil {
		return view.QueuePage{}, err
	}
	q := view.QueuePage{Guild: pl.Guild, Bot: pl.Bot, Total: pl.Queue}
	from, _ := strconv.Atoi(p.Cursor)
	for i := from; i < min(pl.Queue, from+p.Limit); i++ {
		it := view.QueueItem{Position: i + 1, Slot: fmt.Sprintf("s%d", i+2), State: "ready", By: "u1", At: at.Add(-time.Minute), Track: &view.Track{Identifier: "i", Title: fmt.Sprintf("Song %d", i+1), LengthMS: 60_000}}
		if i == 2 {
			it.State, it.Track, it.Query = "pending", nil, "some words"
		}
		q.Items = append(q.Items, it)
	}
	if from+p.Limit < pl.Queue {
		q.NextCursor = strconv.Itoa(from + p.Limit)
	}
	return q, nil
}

func nodes() []view.Node {
	return []view.Node{
		{Name: "lava1", Address: "127.0.0.1:2333", State: "up", Version: "4.2.0", Sources: []string{"http", "youtube"}, Sessions: 1, Players: 3, Playing: 1, CPU: 0.25, MemoryUsed: 64 << 20, MemoryTotal: 256 << 20, UptimeMS: 90_000, SeenAt: at.Add(-2 * time.Second)},
		{Name: "lava2", Address: "127.0.0.1:2334", State: "down", Reason: "connection refused", Region: "eu"},
	}
}

func (b *backend) Nodes(context.Context) (view.NodeList, error) {
	return view.NodeList{Items: nodes()}, nil
}

func (b *backend) Node(_ context.Context, name string) (view.Node, error) {
	for _, n := range nodes() {
		if n.Name == name {
			return n, nil
		}
	}
	return view.Node{}, fault.New(fault.NotFound, "backend", "there is no node "+name).WithHint("run platformctl nodes list to see the nodes")
}

func fits(e view.Event, f httpapi.EventFilter) bool {
	return e.Seq > f.After && (f.Guild == "" || f.Guild == e.Guild) && (f.Since.IsZero() || !e.Time.Before(f.Since)) && (f.Until.IsZero() || e.Time.Before(f.Until)) &&
		(len(f.Types) == 0 || slices.ContainsFunc(f.Types, func(t string) bool {
			p, ok := strings.CutSuffix(t, "*")
			return t == e.Type || (ok && strings.HasPrefix(e.Type, p))
		}))
}

func (b *backend) Events(_ context.Context, f httpapi.EventFilter) (view.EventPage, error) {
	var page view.EventPage
	for _, e := range b.events {
		if fits(e, f) {
			page.Items = append(page.Items, e)
		}
	}
	page.More = len(page.Items) > f.Limit
	if n := len(page.Items); page.More && f.Newest {
		page.Items = page.Items[n-f.Limit:]
	} else if page.More {
		page.Items = page.Items[:f.Limit]
	}
	page.NextAfter = f.After
	if n := len(page.Items); n > 0 {
		page.NextAfter = page.Items[n-1].Seq
	}
	return page, nil
}

// Tail breaks off after 10 events, so that a reader has to go on by itself.
func (b *backend) Tail(_ context.Context, f httpapi.EventFilter, send func(view.Event) error) error {
	n := 0
	for _, e := range b.events {
		if !fits(e, f) {
			continue
		}
		if err := send(e); err != nil {
			return err
		}
		if n++; n == 10 {
			break
		}
	}
	return fault.New(fault.Unavailable, "backend", "the journal is resting")
}

func (b *backend) Sandbox(context.Context) (view.Sandbox, error) {
	if b.control == "" {
		return view.Sandbox{}, fault.New(fault.NotFound, "backend", "this daemon is no sandbox").WithHint("start one with platformd --sandbox")
	}
	return view.Sandbox{ControlURL: b.control}, nil
}

// daemon serves a backend on a socket of its own and returns its path.
func daemon(t testing.TB, b *backend, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	ln, err := httpapi.ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- httpapi.New(httpapi.Options{Backend: b, Version: "1.2.3"}).Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return path
}
