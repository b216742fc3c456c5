package render

import (
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

// volumeStep is how much one press changes the volume, in percent.
const volumeStep = 10

// panelIDs makes the ids of a panel's components: they carry the player, and
// what it played when the panel was shown.
type panelIDs struct {
	p *i18n.Printer
	v music.NowView
}

func (b panelIDs) id(c command.Control, argument string) string {
	return command.ComponentID(c, b.v.Bot, b.v.Play, argument)
}

func (b panelIDs) button(c command.Control, emoji string, label i18n.ID) Button {
	return Button{ID: b.id(c, ""), Emoji: emoji, Label: b.p.Text(label, nil)}
}

func (b panelIDs) previous() Button {
	x := b.button(command.ControlPrevious, "⏮️", i18n.ButtonPrevious)
	x.Disabled = !b.v.Previous
	return x
}

func (b panelIDs) resume() Button {
	x := b.button(command.ControlResume, "▶️", i18n.ButtonResume)
	x.Style = StyleMain
	return x
}

func (b panelIDs) queue() Button { return b.button(command.ControlQueue, "📜", i18n.ButtonQueue) }
func (b panelIDs) add() Button   { return b.button(command.ControlAdd, "➕", i18n.ButtonAdd) }

// loop leads to the mode after the one that is set, and names the latter.
func (b panelIDs) loop() Button {
	x := Button{
		ID: b.id(command.ControlLoop, string(command.NextLoop(b.v.Loop))), Emoji: "🔁",
		Label: b.p.Text(i18n.ButtonLoop, i18n.Args{"Mode": loop(b.p, b.v.Loop)}),
	}
	switch b.v.Loop {
	case music.LoopTrack:
		x.Emoji, x.Style = "🔂", StyleMain
	case music.LoopQueue:
		x.Style = StyleMain
	default:
	}
	return x
}

// controls are those of a player on which something sounds.
func controls(p *i18n.Printer, v music.NowView) []Row {
	b := panelIDs{p, v}
	toggle := b.button(command.ControlPause, "⏸️", i18n.ButtonPause)
	toggle.Style = StyleMain
	if v.Paused || v.Halted {
		toggle = b.resume()
	}
	stop := b.button(command.ControlStop, "⏹️", i18n.ButtonStop)
	stop.Style = StyleDanger
	shuffle := b.button(command.ControlShuffle, "🔀", i18n.ButtonShuffle)
	shuffle.Disabled = v.Waiting < 2
	volume := min(max(v.Volume, 0), command.MaxVolume)
	quieter := Button{
		ID: b.id(command.ControlQuieter, command.Percent(volume-volumeStep)), Emoji: "🔉",
		Label: p.Text(i18n.ButtonQuieter, nil), Disabled: volume == 0,
	}
	louder := Button{
		ID: b.id(command.ControlLouder, command.Percent(volume+volumeStep)), Emoji: "🔊",
		Label: p.Text(i18n.ButtonLouder, nil), Disabled: volume == command.MaxVolume,
	}
	rows := []Row{
		{Buttons: []Button{b.previous(), toggle, b.button(command.ControlSkip, "⏭️", i18n.ButtonSkip), stop, b.loop()}},
		{Buttons: []Button{shuffle, quieter, louder, b.queue(), b.add()}},
	}
	return append(rows, b.jump()...)
}

// silentControls are those of a player on which nothing sounds: only what leads
// somewhere.
func silentControls(p *i18n.Printer, v music.NowView) []Row {
	b := panelIDs{p, v}
	var row []Button
	if v.Previous {
		row = append(row, b.previous())
	}
	if v.Waiting > 0 {
		row = append(row, b.resume(), b.queue())
	}
	return append([]Row{{Buttons: append(row, b.add())}}, b.jump()...)
}

// jump is the menu of what waits; its values are slots. No row is there where
// nothing waits.
func (b panelIDs) jump() []Row {
	menu := &Menu{ID: b.id(command.ControlJump, ""), Placeholder: b.p.Text(i18n.MenuJump, nil)}
	seen := map[string]bool{}
	for _, q := range b.v.Next[:min(len(b.v.Next), MaxOptions)] {
		value := string(q.Slot)
		// What command.ParseComponent would not read is not offered.
		if _, r := command.ParseComponent(menu.ID, []string{value}); r != nil || seen[value] {
			continue
		}
		seen[value] = true
		menu.Options = append(menu.Options, Option{
			Label: plain(b.p.Number(q.Position)+". "+named(b.p, q.Title), MaxOptionLabel),
			Value: value, Description: length(b.p, q.Length, q.Stream),
		})
	}
	if len(menu.Options) == 0 {
		return nil
	}
	return []Row{{Menu: menu}}
}

// pageControls are the five controls of a page, in the order first, previous,
// next, last, refresh.
type pageControls [5]command.Control

// pages are the buttons that turn pages; one that leads nowhere is disabled.
func pages(p *i18n.Printer, bot music.BotID, page, of int, c pageControls) []Row {
	page = max(page, 1)
	of = max(of, page)
	row := make([]Button, 0, len(c))
	for i, b := range []struct {
		emoji string
		label i18n.ID
		to    int
		off   bool
	}{
		{"⏮️", i18n.ButtonFirst, 1, page == 1},
		{"◀️", i18n.ButtonBack, page - 1, page == 1},
		{"▶️", i18n.ButtonNext, min(page, of-1) + 1, page == of},
		{"⏭️", i18n.ButtonLast, of, page == of},
		{"🔄", i18n.ButtonRefresh, page, false},
	} {
		row = append(row, Button{
			ID: command.ComponentID(c[i], bot, "", command.Page(b.to)), Emoji: b.emoji, Label: p.Text(b.label, nil), Disabled: b.off,
		})
	}
	return []Row{{Buttons: row}}
}
