package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdSettings(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "settings", Short: k.say("See and change what is decided for a guild")})
	c.AddCommand(newCmdSettingsGet(k, nil), newCmdSettingsSet(k, nil))
	return c
}

func newCmdSettingsGet(k *kit, run func(context.Context, *client.Client, *output.Printer, string, bool) error) *cobra.Command {
	if run == nil {
		run = k.runSettingsGet
	}
	return ofGuild(k, k.say("Show what is decided for a guild"), "platformctl guilds settings get demo", run)
}

func (k *kit) runSettingsGet(ctx context.Context, c *client.Client, p *output.Printer, guild string, ids bool) error {
	s, err := waiting(p, k.say("reading the settings"), func() (view.Settings, error) { return c.Settings(ctx, guild) })
	if err != nil {
		return err
	}
	return k.printSettings(p, s, k.names(ctx, c, p, ids))
}

// printSettings shows settings by the keys with which they are set.
func (k *kit) printSettings(p *output.Printer, s view.Settings, named names) error {
	return p.Print(s, nil, func() output.Table {
		announce := "-"
		if s.Announce != "" {
			announce = named.of(s.Announce)
		}
		t := output.Fields(
			output.Text("guild", strings.TrimSpace(s.GuildName+" "+s.Guild)),
			output.Text("volume", strconv.Itoa(s.Volume)+" %"),
			output.Text("idle", span(s.IdleMS)),
			output.Text("empty", span(s.EmptyMS)),
			output.Text("announce", announce),
			output.Text("language", either(s.Language, "-")),
			output.Text("elsewhere", s.Elsewhere),
		)
		for _, r := range s.Rules {
			use := r.Use
			if len(r.Roles) > 0 {
				use += ":" + strings.Join(r.Roles, ",")
			}
			t.Rows = append(t.Rows, output.Text("rule."+strings.TrimPrefix(named.of(r.Channel), "#"), use))
		}
		t.Names = []string{s.Guild}
		return t
	})
}

func newCmdSettingsSet(k *kit, run func(context.Context, *client.Client, *output.Printer, string, []string) error) *cobra.Command {
	if run == nil {
		run = k.runSettingsSet
	}
	return &cobra.Command{
		Use: "set <guild> KEY=VALUE...", Short: k.say("Change what is decided for a guild"),
		Long: k.say("Keys: volume (percent), idle and empty (durations), announce (id of a text channel, empty for none), language (en, es or empty), elsewhere (everyone or nobody), rule.CHANNEL (everyone, nobody, roles:ID,ID or default) and reset=true, which goes back to the defaults first."), //nolint:lll // a sentence
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return fault.New(fault.Invalid, "cli", k.say("%s is missing", []string{"guild", "KEY=VALUE"}[len(args)])).
					WithHint(k.say("usage: %s", c.UseLine()))
			}
			return nil
		},
		Example: examples("platformctl guilds settings set demo volume=60 idle=10m", "platformctl guilds settings set demo language=es announce=",
			"platformctl guilds settings set demo rule.1234=roles:5678,9012", "platformctl guilds settings set demo rule.1234=default"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []string{"volume=", "idle=", "empty=", "announce=", "language=", "elsewhere=", "rule.", "reset=true"},
				cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		},
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				return run(ctx, cl, p, args[0], args[1:])
			})
		},
	}
}

func (k *kit) runSettingsSet(ctx context.Context, c *client.Client, p *output.Printer, guild string, pairs []string) error {
	// Channels may be named where their names are known.
	named := k.names(ctx, c, output.New(k.Stdout, k.Stderr, output.Options{}), false)
	patch, err := k.patch(pairs, named.channelID)
	if err != nil {
		return err
	}
	s, err := waiting(p, k.say("waiting for the answer"), func() (view.Settings, error) { return c.ChangeSettings(ctx, guild, patch) })
	if err != nil {
		return err
	}
	return k.printSettings(p, s, named)
}

// patch reads pairs of keys and values, all of them into one patch: either
// everything is changed or nothing.
func (k *kit) patch(pairs []string, channel func(string) string) (view.SettingsPatch, error) {
	var out view.SettingsPatch
	seen := map[string]bool{}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return out, fault.New(fault.Invalid, "cli", k.say("%q is not of the form KEY=VALUE", pair))
		}
		if seen[key] {
			return out, fault.New(fault.Invalid, "cli", k.say("%s stands there twice", key))
		}
		seen[key] = true
		name, isRule := strings.CutPrefix(key, "rule.")
		if !isRule {
			if key == "announce" {
				value = channel(value)
			}
			if err := k.setting(&out, key, value); err != nil {
				return out, err
			}
			continue
		}
		if name == "" {
			return out, k.badSetting(key)
		}
		rule := view.ChannelRule{Channel: channel(name), Use: value}
		if roles, ok := strings.CutPrefix(value, "roles:"); ok {
			rule.Use, rule.Roles = "roles", strings.Split(roles, ",")
		}
		out.Rules = append(out.Rules, rule)
	}
	return out, nil
}

// setting puts one value into a patch.
func (k *kit) setting(p *view.SettingsPatch, key, value string) error {
	switch key {
	case "volume":
		n, err := strconv.Atoi(strings.TrimSuffix(value, "%"))
		if err != nil {
			return fault.New(fault.Invalid, "cli", k.say("%s has to be a whole number", key))
		}
		p.Volume = &n
	case "idle", "empty":
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return fault.New(fault.Invalid, "cli", k.say("%s has to be a duration such as 90s or 10m", key))
		}
		ms := d.Milliseconds()
		if key == "idle" {
			p.IdleMS = &ms
		} else {
			p.EmptyMS = &ms
		}
	case "announce":
		p.Announce = &value
	case "language":
		p.Language = &value
	case "elsewhere":
		p.Elsewhere = &value
	case "reset":
		if value != "true" {
			return fault.New(fault.Invalid, "cli", k.say("reset has to be true"))
		}
		p.Reset = true
	default:
		return k.badSetting(key)
	}
	return nil
}

func (k *kit) badSetting(key string) error {
	return fault.New(fault.Invalid, "cli", k.say("there is no setting %q", key)).
		WithHint(k.say("the settings are volume, idle, empty, announce, language, elsewhere, rule.CHANNEL and reset"))
}
