package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/atrilhq/platform/internal/secret"
)

// defaultCredentials are passwords that the documentation of others uses as
// examples. Everybody tries them first.
var defaultCredentials = []string{"youshallnotpass", "password", "changeme", "admin", "secret", "postgres", "lavalink", "12345678"}

func (l *loader) checkBots(c *Config) {
	source := c.origin("discord.bots")
	var names, accounts []string
	front := -1
	for i := range c.Discord.Bots {
		b := &c.Discord.Bots[i]
		at := fmt.Sprintf("discord.bots[%d]", i)
		l.checkName(at, source, b.Name, &names)
		b.Token = l.secret(at, "token", source, b.Token, b.TokenFile)
		t := b.Token.Reveal()
		switch {
		case t == "":
		case strings.HasPrefix(t, "Bot ") || strings.HasPrefix(t, "Bearer "):
			l.problem(at+".token", source, "begins with a word that does not belong to it", "the token alone, without the word Bot")
		case len(t) > 512 || strings.ContainsFunc(t, func(r rune) bool { return unicode.IsSpace(r) || r < ' ' || r > '~' }):
			l.problem(at+".token", source, "is not a token: it is too long or has characters that no token has", "the token as the developer portal shows it")
		case slices.Contains(accounts, account(t)):
			l.problem(at+".token", source, "is of an account that another bot of the list has", "a token of an account of its own")
		default:
			accounts = append(accounts, account(t))
		}
		if b.InviteURL != "" && !isPage(b.InviteURL) {
			l.problem(at+".invite_url", source, "is not a page that browsers open safely", "https:// address")
		}
		switch {
		case !b.Front:
		case front >= 0:
			l.problem(at+".front", source, fmt.Sprintf("is set for discord.bots[%d] too", front), "one front bot")
		default:
			front = i
		}
	}
	if front > 0 {
		b := c.Discord.Bots[front]
		c.Discord.Bots = slices.Insert(slices.Delete(c.Discord.Bots, front, front+1), 0, b)
	}
}

// isPage is true for an address that a link may lead to.
func isPage(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxPage && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// maxPage is how long the address of a link may be, in bytes; Discord takes no
// longer one on a button.
const maxPage = 512

// account is the part of a token that names its account; the rest changes when
// the token is made anew.
func account(token string) string {
	name, _, _ := strings.Cut(token, ".")
	return name
}

func (l *loader) checkNodes(c *Config) {
	source := c.origin("lavalink.nodes")
	var names []string
	for i := range c.Lavalink.Nodes {
		n := &c.Lavalink.Nodes[i]
		at := fmt.Sprintf("lavalink.nodes[%d]", i)
		l.checkName(at, source, n.Name, &names)
		if err := checkAddress(n.Address, false); err != nil {
			l.problem(at+".address", source, err.Error(), "host:port")
		}
		for k, region := range n.Regions {
			n.Regions[k] = strings.ToLower(region)
			if !regionPattern.MatchString(n.Regions[k]) {
				l.problem(fmt.Sprintf("%s.regions[%d]", at, k), source, quote(region)+" is not allowed", "a name such as rotterdam or us-east")
			}
		}
		n.Password = l.secret(at, "password", source, n.Password, n.PasswordFile)
		if slices.Contains(defaultCredentials, n.Password.Reveal()) && !loopback(n.Address) {
			l.problem(at+".password", source, "is one that everybody knows, and the node is not on this machine", "a password of your own")
		}
	}
}

func (l *loader) checkName(at, source, name string, seen *[]string) {
	switch {
	case !namePattern.MatchString(name):
		l.problem(at+".name", source, quote(name)+" is not allowed", "lower-case letters, digits, - and _, at most 32")
	case slices.Contains(*seen, name):
		l.problem(at+".name", source, quote(name)+" stands there twice", "a name of its own")
	}
	*seen = append(*seen, name)
}

// secret returns a secret that is given itself or by a file, exactly one of them.
func (l *loader) secret(at, key, source string, given secret.Text, file string) secret.Text {
	either := key + " or " + key + "_file"
	switch {
	case !given.Empty() && file != "":
		l.problem(at+"."+key, source, "is given twice, itself and by a file", either)
	case !given.Empty():
		return given
	case file == "":
		l.problem(at+"."+key, source, "is missing", either)
	default:
		b, err := readBounded(file, maxSecretFile)
		if err != nil {
			l.problem(at+"."+key+"_file", source, quote(file)+" "+why(err), "path of a readable file of at most 4 KiB")
			return secret.Text{}
		}
		s := strings.TrimRight(string(b), "\r\n")
		if s == "" {
			l.problem(at+"."+key+"_file", source, quote(file)+" is empty", "a file that holds the "+key)
		}
		return secret.New(s)
	}
	return secret.Text{}
}
