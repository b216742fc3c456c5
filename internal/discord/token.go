package discord

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// tokenLimit is far above the length of any bot token, in bytes.
const tokenLimit = 256

// ParseToken checks the form of a bot token and returns it with the id of the
// bot's account, which its first segment holds in base64. An optional "Bot "
// prefix is removed. It returns fault.Invalid for anything else and never
// repeats the input.
func ParseToken(raw string) (token secret.Text, account string, err error) {
	const op = "discord.ParseToken"
	bad := func(why string) error {
		return fault.New(fault.Invalid, op, "the bot token is malformed: "+why).
			WithHint("copy the token again from the Bot page of the application in Discord's developer portal")
	}
	raw = strings.TrimPrefix(strings.TrimSpace(raw), "Bot ")
	if raw == "" {
		return secret.Text{}, "", bad("it is empty")
	}
	if len(raw) > tokenLimit {
		return secret.Text{}, "", bad("it is too long")
	}
	for _, r := range raw {
		if r <= ' ' || r > '~' {
			return secret.Text{}, "", bad("it has characters that no token has")
		}
	}
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return secret.Text{}, "", bad("it needs three parts with dots between them")
	}
	id, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	if err != nil {
		id, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	}
	if err != nil {
		return secret.Text{}, "", bad("its first part is not an id")
	}
	if n, perr := strconv.ParseUint(string(id), 10, 64); perr != nil || n == 0 {
		return secret.Text{}, "", bad("its first part is not an id")
	}
	return secret.New(raw), string(id), nil
}
