package render_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"strconv"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

// languages are those in which everything is looked at.
var languages = []string{"en-US", "es-ES"}

func printer(t testing.TB, locale string) *i18n.Printer {
	t.Helper()
	b, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return b.For(locale)
}

const (
	voice = music.ChannelID("300000000000000001")
	ana   = music.UserID("200000000000000001")
	bruno = music.UserID("200000000000000002")
)

func ocean() *music.Track {
	return &music.Track{
		Encoded: "secret handle", Identifier: "ocean", URI: "https://music.example/ocean", Title: "Ocean [Live]",
		Author: "Los *Delfines*", Source: "http", Length: 187 * time.Second, Artwork: "https://music.example/ocean.png",
	}
}

func radio() *music.Track {
	return &music.Track{URI: "ftp://radio.example", Title: "Radio", Stream: true}
}

func now() *music.NowView {
	return &music.NowView{
		Bot: "400000000000000001", Channel: voice, Play: "01936f2a-0000-7000-8000-0123456789ab", Track: ocean(), By: ana,
		Position: 62 * time.Second, Volume: 80, Waiting: 5, Next: upcoming(), Previous: true, Sounding: true,
		Anchor: music.Anchor{Position: 2 * time.Second, At: noon.Add(-time.Minute), Speed: 1},
	}
}

// answers has each kind with what the core sets, and what may be missing.
func answers() map[string]music.Answer {
	paused := *now()
	paused.Paused, paused.Waiting = true, 0
	lost := *now()
	lost.NoNode = true
	all := map[string]music.Answer{
		"playing":                 {Kind: music.AnswerPlaying, Track: ocean()},
		"playing a stream":        {Kind: music.AnswerPlaying, Track: radio()},
		"queued":                  {Kind: music.AnswerQueued, Track: ocean(), Position: 1_203},
		"queued next":             {Kind: music.AnswerQueued, Track: ocean(), Position: 1},
		"playlist":                {Kind: music.AnswerPlaylist, Title: "Summer", Added: 40, Total: 40},
		"playlist of one":         {Kind: music.AnswerPlaylist, Added: 1, Total: 1},
		"playlist cut":            {Kind: music.AnswerPlaylist, Title: "Summer", Added: 200, Total: 5_000, Limit: 200, Plan: plan.Pro},
		"playlist cut, top plan":  {Kind: music.AnswerPlaylist, Title: "Summer", Added: 10_000, Total: 20_000, Limit: 10_000},
		"playlist cut, no limit":  {Kind: music.AnswerPlaylist, Title: "Summer", Added: 7, Total: 9},
		"waiting_node":            {Kind: music.AnswerWaitingForNode, Track: ocean()},
		"waiting_node, a query":   {Kind: music.AnswerWaitingForNode, Title: "ocean *blue*", Position: 1},
		"waiting_node, unknown":   {Kind: music.AnswerWaitingForNode},
		"paused":                  {Kind: music.AnswerPaused, Track: ocean()},
		"resumed":                 {Kind: music.AnswerResumed, Track: ocean()},
		"resumed, unknown":        {Kind: music.AnswerResumed},
		"skipped":                 {Kind: music.AnswerSkipped, Track: ocean()},
		"skipped to":              {Kind: music.AnswerSkipped, Track: radio(), Now: now()},
		"skipped to, paused":      {Kind: music.AnswerSkipped, Track: radio(), Now: &paused},
		"skipped to, no node":     {Kind: music.AnswerSkipped, Track: radio(), Now: &lost},
		"stopped":                 {Kind: music.AnswerStopped, Count: 12},
		"stopped, one":            {Kind: music.AnswerStopped, Count: 1},
		"stopped, empty":          {Kind: music.AnswerStopped},
		"left":                    {Kind: music.AnswerLeft, Channel: voice},
		"left, unknown":           {Kind: music.AnswerLeft},
		"joined":                  {Kind: music.AnswerJoined, Channel: voice},
		"volume":                  {Kind: music.AnswerVolume, Volume: 0},
		"volume_is":               {Kind: music.AnswerVolumeIs, Volume: 150},
		"queue":                   {Kind: music.AnswerQueue, Queue: page()},
		"queue, nothing else":     {Kind: music.AnswerQueue, Queue: &music.QueueView{Now: paused, Page: 1, Pages: 1}},
		"queue, no node":          {Kind: music.AnswerQueue, Queue: &music.QueueView{Now: lost, Page: 1, Pages: 1}},
		"queue, empty":            {Kind: music.AnswerQueue, Queue: &music.QueueView{Page: 1, Pages: 1}},
		"now_playing":             {Kind: music.AnswerNowPlaying, Now: now()},
		"now_playing, nothing":    {Kind: music.AnswerNowPlaying, Now: &music.NowView{Volume: 100}},
		"play_failed":             {Kind: music.AnswerPlayFailed, Track: ocean()},
		"halted":                  {Kind: music.AnswerHalted, Count: 5},
		"left_idle":               {Kind: music.AnswerLeftIdle, Channel: voice},
		"left_empty":              {Kind: music.AnswerLeftEmpty, Channel: voice},
		"disconnected":            {Kind: music.AnswerDisconnected, Channel: voice},
		"join_failed":             {Kind: music.AnswerJoinFailed, Channel: voice},
		"a kind of a newer core":  {Kind: "juggled"},
		"refused without a cause": {Kind: music.AnswerRefused},
	}
	maps.Copy(all, playAnswers())
	maps.Copy(all, viewAnswers())
	return all
}

func page() *music.QueueView {
	return &music.QueueView{
		Now: *now(), Page: 2, Pages: 3, Total: 25, Length: 65 * time.Minute,
		Slots: []music.QueueLine{
			{Position: 11, State: music.SlotReady, Title: "Waves", URI: "https://music.example/waves", Length: 61 * time.Second, By: ana},
			{Position: 12, State: music.SlotPending, Title: "tide_song", By: bruno},
			{Position: 13, State: music.SlotWaiting, Title: "https://music.example/foam", By: bruno},
			{Position: 14, State: music.SlotReady, By: "not an id"},
		},
	}
}

// refusals has each reason with what the core may set.
func refusals(t testing.TB) map[string]music.Refusal {
	t.Helper()
	all := map[string]music.Refusal{"a reason of a newer core": {Reason: "bored"}}
	for _, r := range constants(t, "refusal.go", "Reason") {
		all[r] = music.Refusal{Reason: music.Reason(r)}
		all[r+", all set"] = music.Refusal{Reason: music.Reason(r), Limit: 2_000, Channel: voice, User: ana, Query: "ocean *blue*"}
	}
	for r, limit := range map[music.Reason]int{music.ReasonQueueFull: 200, music.ReasonVolumeRange: 150, music.ReasonNoBotFree: 1} {
		all[string(r)+", a plan lifts it"] = music.Refusal{Reason: r, Limit: limit, Plan: plan.Pro, Channel: voice}
	}
	for _, r := range []music.Refusal{
		{Reason: music.ReasonSettingInvalid, Query: command.SettingVolume, Limit: 150},
		{Reason: music.ReasonSettingInvalid, Query: command.SettingIdle},
		{Reason: music.ReasonSettingInvalid, Query: command.SettingLanguage},
		{Reason: music.ReasonSettingInvalid, Query: command.SettingRule},
		{Reason: music.ReasonSettingInvalid, Query: command.SettingRule, Limit: music.MaxRules, Channel: voice},
		{Reason: music.ReasonSettingInvalid, Query: command.SettingRoles},
		{Reason: music.ReasonSettingInvalid, Query: command.SettingAnnounce},
		{Reason: command.ReasonTimeUnreadable, Query: "the *end*"},
		{Reason: command.ReasonTimeUnreadable},
		{Reason: music.ReasonChannelClosed, Channel: voice, Roles: []music.RoleID{"500000000000000001", "500000000000000002", "@everyone"}},
		{Reason: music.ReasonChannelClosed, Roles: []music.RoleID{"500000000000000001"}},
	} {
		all[string(r.Reason)+" "+r.Query+" "+string(r.Channel)] = r
	}
	return all
}

// constants returns the values of the string constants of a type in a file of
// the core, so that a new one is missed here first.
func constants(t testing.TB, file, typ string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../core/music/"+file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == typ {
				s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, s)
			}
		}
		return true
	})
	if len(all) == 0 {
		t.Fatalf("no constants of type %s in %s", typ, file)
	}
	return all
}
