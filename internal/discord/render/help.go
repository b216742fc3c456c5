package render

import (
	"strings"

	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

// Help lists the commands in the language of p, for the member who asked.
func Help(p *i18n.Printer) Message {
	var b strings.Builder
	b.WriteString(p.Text(i18n.HelpHint, nil) + "\n")
	for _, l := range command.Lines(p) {
		b.WriteString("\n`" + l.Usage + "` " + l.Description)
	}
	return Message{
		Embed:     &Embed{Title: p.Text(i18n.HelpTitle, nil), Description: b.String(), Color: colorQuiet},
		Ephemeral: true,
	}
}
