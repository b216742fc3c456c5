package discord

import (
	"context"
	"strings"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// nobody is who may be mentioned by what we send.
func nobody() *discord.AllowedMentions {
	return &discord.AllowedMentions{
		Parse: []discord.AllowedMentionType{}, Roles: []snowflake.ID{}, Users: []snowflake.ID{},
	}
}

// tokenLength is far above that of any interaction token, in bytes.
const tokenLength = 1024

// hook checks an interaction's token before it becomes part of an address.
func hook(op string, token secret.Text) (string, error) {
	s := token.Reveal()
	ok := s != "" && len(s) <= tokenLength && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.=~", r))
	})
	if !ok || s == "." || s == ".." {
		return "", fault.New(fault.Invalid, op, "that is not the token of an interaction")
	}
	return s, nil
}

// sent is what is read of a message that Discord made.
type sent struct {
	ID string `json:"id"`
}

// encoder is a body that may carry files.
type encoder interface{ ToBody() (any, error) }

// request is one call in the making: what becomes part of its address and its
// body is checked first, and the first complaint ends it.
type request struct {
	r   *REST
	op  string
	err error
}

func (r *REST) request(op string) *request { return &request{r: r, op: op} }

// id checks an id for the address; what is none gives 0.
func (q *request) id(s string) snowflake.ID {
	id, err := idOf(q.op, s)
	q.fail(err)
	return id
}

// token checks an interaction's token for the address.
func (q *request) token(t secret.Text) string {
	s, err := hook(q.op, t)
	q.fail(err)
	return s
}

func (q *request) fail(err error) {
	if q.err == nil {
		q.err = err
	}
}

// refuse notes that what is to be sent cannot be.
func (q *request) refuse(why string) { q.fail(fault.New(fault.Invalid, q.op, why)) }

// send does the request unless something was wrong with it.
func (q *request) send(ctx context.Context, may repeat, to *rest.CompiledEndpoint, body encoder, into any) error {
	if q.err != nil {
		return q.err
	}
	var raw any
	if body != nil {
		var err error
		if raw, err = body.ToBody(); err != nil {
			return fault.Wrap(err, fault.Internal, q.op, "the body of a request cannot be encoded")
		}
	}
	return q.r.do(ctx, q.op, may, to, raw, into)
}

// plain is a body without files.
type plain struct{ v any }

func (p plain) ToBody() (any, error) { return p.v, nil }
