package render_test

import (
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/i18n"
)

// noon is when everything is looked at.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// upcoming is what waits behind what sounds.
func upcoming() []music.QueueLine {
	return []music.QueueLine{
		{Slot: "01936f2a-0000-7000-8000-000000000001", Position: 1, State: music.SlotReady, Title: "Waves *of* blue", URI: "https://music.example/waves", Length: 61 * time.Second, By: ana},
		{Slot: "01936f2a-0000-7000-8000-000000000002", Position: 2, State: music.SlotPending, Title: "tide_song", By: bruno},
		{Slot: "01936f2a-0000-7000-8000-000000000003", Position: 3, State: music.SlotWaiting, Title: "https://music.example/foam", By: bruno},
		{Slot: "01936f2a-0000-7000-8000-000000000004", Position: 4, State: music.SlotReady, Title: "", By: bruno},
		{Slot: "01936f2a-0000-7000-8000-000000000004", Position: 5, State: music.SlotReady, Title: "The same slot twice", By: bruno},
	}
}

// panels has the states of a player.
func panels() map[string]music.NowView {
	all := map[string]music.NowView{}
	with := func(name string, change func(*music.NowView)) {
		v := *now()
		change(&v)
		all[name] = v
	}
	with("playing", func(*music.NowView) {})
	with("paused", func(v *music.NowView) { v.Paused, v.Waiting, v.Next, v.Anchor.Speed = true, 0, nil, 0 })
	with("no node", func(v *music.NowView) { v.NoNode = true })
	with("suppressed", func(v *music.NowView) { v.Suppressed = true })
	with("loop of the track", func(v *music.NowView) { v.Loop = music.LoopTrack })
	with("loop of the queue, loudest", func(v *music.NowView) { v.Loop, v.Volume = music.LoopQueue, command.MaxVolume })
	with("silenced, nothing before", func(v *music.NowView) { v.Volume, v.Previous = 0, false })
	with("at its end", func(v *music.NowView) { v.Anchor.At = noon.Add(-time.Hour) })
	with("of unknown length, no artwork", func(v *music.NowView) { v.Track.Length, v.Track.Artwork = 0, "javascript:alert(1)" })
	with("a stream without an author", func(v *music.NowView) { v.Track, v.By, v.Waiting, v.Next = radio(), "", 0, nil })
	with("without an anchor", func(v *music.NowView) { v.Anchor = music.Anchor{} })
	with("halted on a track", func(v *music.NowView) { v.Halted = true })
	all["nothing"] = music.NowView{}
	all["nothing, but something before"] = music.NowView{Bot: "400000000000000001", Previous: true}
	all["halted"] = music.NowView{Bot: "400000000000000001", Halted: true, Waiting: 5, Next: upcoming()}
	all["nothing and no node"] = music.NowView{Waiting: 4, NoNode: true}
	all["nothing, but something waits"] = music.NowView{Waiting: 1, Next: upcoming()[:1]}
	return all
}

// playAnswers are those about what sounds and what waits.
func playAnswers() map[string]music.Answer {
	return map[string]music.Answer{
		"skipped_to":            {Kind: music.AnswerSkippedTo, Track: ocean(), Count: 3},
		"skipped_to, the next":  {Kind: music.AnswerSkippedTo, Track: ocean()},
		"previous":              {Kind: music.AnswerPrevious, Track: ocean()},
		"seeked":                {Kind: music.AnswerSeeked, Track: ocean(), At: 83 * time.Second},
		"seeked, unknown":       {Kind: music.AnswerSeeked, At: time.Hour},
		"seeked, paused":        {Kind: music.AnswerSeeked, Track: ocean(), At: 83 * time.Second, Paused: true},
		"rewound":               {Kind: music.AnswerRewound, Track: ocean(), At: 83 * time.Second},
		"rewound, paused":       {Kind: music.AnswerRewound, Track: ocean(), At: 83 * time.Second, Paused: true},
		"rewound, unknown":      {Kind: music.AnswerRewound, At: time.Hour},
		"replayed, paused":      {Kind: music.AnswerReplayed, Track: ocean(), Paused: true},
		"unmoved":               {Kind: music.AnswerUnmoved, Track: ocean(), Position: 1},
		"unmoved, unknown":      {Kind: music.AnswerUnmoved, Position: 1},
		"replayed":              {Kind: music.AnswerReplayed, Track: ocean()},
		"replayed, unknown":     {Kind: music.AnswerReplayed},
		"removed":               {Kind: music.AnswerRemoved, Count: 12},
		"removed one":           {Kind: music.AnswerRemoved, Count: 1, Track: ocean()},
		"moved":                 {Kind: music.AnswerMoved, Track: ocean(), Position: 1_203},
		"moved, unknown":        {Kind: music.AnswerMoved, Position: 1},
		"swapped":               {Kind: music.AnswerSwapped, Track: ocean(), Other: radio(), Position: 2},
		"swapped, unknown":      {Kind: music.AnswerSwapped, Position: 2},
		"shuffled":              {Kind: music.AnswerShuffled, Count: 200},
		"shuffled one":          {Kind: music.AnswerShuffled, Count: 1},
		"cleared":               {Kind: music.AnswerCleared, Count: 200},
		"cleared one":           {Kind: music.AnswerCleared, Count: 1},
		"loop off":              {Kind: music.AnswerLoop, Loop: music.LoopOff},
		"loop track":            {Kind: music.AnswerLoop, Loop: music.LoopTrack},
		"loop queue":            {Kind: music.AnswerLoop, Loop: music.LoopQueue},
		"loop_is":               {Kind: music.AnswerLoopIs, Loop: music.LoopTrack},
		"loop_is, nothing":      {Kind: music.AnswerLoopIs},
		"handed_over":           {Kind: music.AnswerHandedOver, User: "400000000000000002", Channel: voice},
		"handed_over, unknown":  {Kind: music.AnswerHandedOver},
		"queue_kept":            {Kind: music.AnswerQueueKept, Channel: voice, Count: 3},
		"queue_kept, unknown":   {Kind: music.AnswerQueueKept, Count: 1},
		"suppressed":            {Kind: music.AnswerSuppressed, Channel: voice},
		"suppressed, somewhere": {Kind: music.AnswerSuppressed},
	}
}

// viewAnswers are those that show something.
func viewAnswers() map[string]music.Answer {
	return map[string]music.Answer{
		"history":             {Kind: music.AnswerHistory, History: played()},
		"history, nothing":    {Kind: music.AnswerHistory, History: &music.HistoryView{Page: 1, Pages: 1}},
		"history, unset":      {Kind: music.AnswerHistory},
		"grab":                {Kind: music.AnswerGrab, Now: now()},
		"grab, nothing":       {Kind: music.AnswerGrab, Now: &music.NowView{}},
		"bots":                {Kind: music.AnswerBots, Bots: pool()},
		"bots, unset":         {Kind: music.AnswerBots},
		"settings":            {Kind: music.AnswerSettings, Settings: rules()},
		"settings, defaults":  {Kind: music.AnswerSettings, Settings: new(music.DefaultSettings())},
		"settings, unset":     {Kind: music.AnswerSettings},
		"settings_set":        {Kind: music.AnswerSettingsSet, Settings: rules()},
		"settings_set, unset": {Kind: music.AnswerSettingsSet},
	}
}

func played() *music.HistoryView {
	return &music.HistoryView{
		Bot: "400000000000000001", Page: 1, Pages: 3, Total: 25,
		Lines: []music.HistoryLine{
			{Position: 1, Title: "Waves", URI: "https://music.example/waves", Length: 61 * time.Second, By: ana, At: noon},
			{Position: 2, Title: "@everyone", By: bruno},
			{Position: 3},
		},
	}
}

func pool() *music.BotsView {
	return &music.BotsView{
		Limit: 3, Plan: plan.Elite,
		Bots: []music.BotLine{
			{Bot: "400000000000000001", State: music.BotPlaying, Channel: voice, Track: ocean(), Waiting: 3},
			{Bot: "400000000000000002", State: music.BotPaused, Channel: voice, Track: radio()},
			{Bot: "400000000000000003", State: music.BotIn, Channel: voice},
			{Bot: "400000000000000004", State: music.BotFree},
			{Bot: "400000000000000005", State: music.BotOffline, Waiting: 1},
			{Bot: "400000000000000006", State: music.BotMissing},
			{Bot: "400000000000000007", State: "of a newer core"},
			{State: music.BotPlaying},
		},
	}
}

func invite(b music.BotID) string {
	return "https://discord.example/oauth2/authorize?client_id=" + string(b) + "&scope=bot%20applications.commands"
}

func rules() *music.Settings {
	return &music.Settings{
		Volume: 80, Idle: 5 * time.Minute, Empty: 90 * time.Second, Announce: "300000000000000009", Language: "es", Elsewhere: music.UseNobody,
		Rules: []music.ChannelRule{
			{Channel: "300000000000000002", Use: music.UseEveryone},
			{Channel: "300000000000000003", Use: music.UseRoles, Roles: []music.RoleID{"500000000000000001", "500000000000000002"}},
			{Channel: "300000000000000004", Use: music.UseRoles},
			{Channel: "300000000000000005", Use: music.UseNobody},
		},
	}
}

// menus has what is made beside the core's answers.
func menus(p *i18n.Printer) map[string]any {
	long := *ocean()
	long.URI += "?q=" + strings.Repeat("a", 100)
	found := []music.Track{*ocean(), long, *radio(), {Title: "https://evil.example/"}, *ocean()}
	return map[string]any{
		"a search":                 render.Search(p, "ocean *blue*", found).Create(),
		"a search without results": render.Search(p, "ocean *blue*", nil).Create(),
		"a search that was closed": render.SearchClosed(p).Create(),
		"bots to invite":           render.Bots(p, *pool(), invite).Create(),
		"a grab by message":        render.Grab(p, *now()).Create(),
		"a grab that was sent":     render.GrabSent(p).Create(),
		"a grab that was not":      render.GrabClosed(p, *now()).Create(),
		"suggestions":              render.Choices(p, "OCEAN", []music.Track{*radio(), long}, found),
		"the form":                 render.AddModal(p, command.Press{Bot: "400000000000000001", Play: "p"}).Create(),
	}
}
