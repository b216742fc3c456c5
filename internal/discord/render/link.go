package render

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/core/music"
)

// maxURL is the longest address that a message links to, in bytes. A longer one
// is left out; the title still stands.
const maxURL = 512

// URL returns an untrusted address in a form that can stand in a link, or
// nothing if it is not one that a member can be sent to: http and https only,
// with a host name of plain letters and at least one dot (Discord refuses a
// whole message for an embed whose address it does not like), without user and
// password. Everything that
// means something to markdown is percent-encoded.
func URL(raw string) string {
	if len(raw) > maxURL {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if !plainHost(host) {
		return ""
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return ""
		}
		host += ":" + port
	}
	safe := u.Scheme + "://" + host + encode(u.EscapedPath())
	if u.RawQuery != "" {
		safe += "?" + encode(u.RawQuery)
	}
	if f := u.EscapedFragment(); f != "" {
		safe += "#" + encode(f)
	}
	if len(safe) > maxURL {
		return ""
	}
	return safe
}

// plainHost is true for a host name of at least two labels, RFC 1123.
func plainHost(host string) bool {
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' ||
			strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(labels) > 1 && len(host) <= 253
}

const hexDigits = "0123456789ABCDEF"

// encode percent-encodes what is not known to be harmless; what is encoded
// already stays.
func encode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]),
			'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			strings.IndexByte("-._~/?&=+,;:@!$", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteString("%" + string(hexDigits[c>>4]) + string(hexDigits[c&15]))
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// link returns untrusted text that leads to an untrusted address where that is
// one, in bold. The brackets around the address keep Discord from showing a
// preview below the message.
func link(text, address string, limit int) string {
	u := URL(address)
	if u == "" {
		return bold(text, limit)
	}
	return "**[" + label(text, limit) + "](<" + u + ">)**"
}

// bold returns untrusted text in bold, nothing where there is nothing to see.
func bold(text string, limit int) string {
	if text = Text(text, limit); text == "" {
		return ""
	}
	return "**" + text + "**"
}

// channel mentions a channel. A name that is no id of Discord's is shown as text.
func channel(id music.ChannelID) string { return mention("<#", string(id)) }

// user mentions a member, who is not notified of it.
func user(id music.UserID) string { return mention("<@", string(id)) }

// roles mentions roles, as many of them as a rule may name.
func roles(all []music.RoleID) string {
	var out []string
	for _, id := range all[:min(len(all), music.MaxRoles)] {
		if isID(string(id)) {
			out = append(out, mention("<@&", string(id)))
		}
	}
	return strings.Join(out, ", ")
}

// isID is true for an id as Discord writes it.
func isID(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

func mention(prefix, id string) string {
	if id == "" {
		return ""
	}
	if !isID(id) {
		return Text(id, maxName)
	}
	return prefix + id + ">"
}
