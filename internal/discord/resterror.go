package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/disgoorg/disgo/rest"

	"github.com/atrilhq/platform/internal/fault"
)

// Discord's error codes that say more than their status
// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json).
const (
	codeUnknownChannel     = 10003
	codeUnknownMessage     = 10008
	codeUnknownInteraction = 10062
	codeUnknownVoiceState  = 10065
	codeTooManyOldEdits    = 30046
	codeAcknowledged       = 40060
	codeDMsClosed          = 50007
	codeNoMutualGuild      = 50278
	codeInvalidHookToken   = 50027
)

// said is the cause of a failure: what Discord answered, without the request,
// whose address and headers hold secrets.
type said struct {
	status, code int
	message      string
}

func (s said) Error() string {
	return fmt.Sprintf("Discord answered %d, code %d: %s", s.status, s.code, s.message)
}

// codeOf returns Discord's error code in err's chain, 0 for none.
func codeOf(err error) int {
	if s, ok := errors.AsType[said](err); ok {
		return s.code
	}
	return 0
}

// DMsClosed says whether a failure means that a person cannot be written to
// directly: they take no direct messages, or share no guild with the bot.
func DMsClosed(err error) bool {
	c := codeOf(err)
	return c == codeDMsClosed || c == codeNoMutualGuild
}

// TooOldToEdit says whether a failure means that a message is more than an hour
// old and was edited too often since: a new one can take its place.
func TooOldToEdit(err error) bool { return codeOf(err) == codeTooManyOldEdits }

// unreadable is an answer that lacks what it must have.
func unreadable(op string) error {
	return fault.New(fault.Unavailable, op, "Discord's answer cannot be read")
}

// failure turns an error of disgo's client into one of ours, and says whether
// the same request may be sent again.
func failure(op string, err error, may repeat) (f *fault.Error, retry bool) {
	var e *rest.Error
	if errors.As(err, &e) && e.Response != nil {
		return answered(op, said{e.Response.StatusCode, int(e.Code), cut(e.Message, 200)}, may)
	}
	if l, ok := errors.AsType[*limited](err); ok {
		return fault.Wrap(l, fault.Quota, op, "Discord's rate limit would outlast this call"), false
	}
	// The address of a webhook holds a token: only what is inside is kept.
	cause := err
	if ue, ok := errors.AsType[*url.Error](err); ok {
		cause = ue.Err
	}
	var dial *net.OpError
	unsent := errors.As(err, &dial) && dial.Op == "dial"
	switch {
	case may == once && !unsent && !errors.Is(err, errUnsent):
		return fault.Wrap(cause, fault.Unknown, op, "Discord did not answer: the message may have been sent"), false
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault.Wrap(cause, fault.Unavailable, op, "Discord did not answer in time"), false
	case errors.Is(err, errTooLarge):
		return fault.Wrap(cause, fault.Unavailable, op, "Discord's answer is too large"), false
	default:
		return fault.Wrap(cause, fault.Unavailable, op, "Discord cannot be reached"), true
	}
}

func answered(op string, s said, may repeat) (f *fault.Error, retry bool) {
	is := func(code fault.Code, message string) (*fault.Error, bool) {
		return fault.Wrap(s, code, op, message), false
	}
	switch {
	case s.status == http.StatusTooManyRequests && s.code == codeTooManyOldEdits, s.code == codeTooManyOldEdits:
		return is(fault.Quota, "this message is too old to be edited this often")
	case s.status == http.StatusTooManyRequests:
		return fault.Wrap(s, fault.Quota, op, "Discord's rate limit is reached"), true
	case s.code == codeUnknownInteraction, s.code == codeInvalidHookToken:
		return is(fault.NotFound, "the interaction is over: it was answered too late")
	case s.code == codeAcknowledged:
		return is(fault.Conflict, "the interaction was acknowledged before")
	case s.status == http.StatusUnauthorized:
		e := invalidToken(op, s)
		var f *fault.Error
		errors.As(e, &f)
		return f, false
	case s.code == codeDMsClosed, s.code == codeNoMutualGuild:
		return fault.Wrap(s, fault.Denied, op, "the bot cannot write to this person directly").
			WithHint("allow direct messages from members of a server that the bot is in, in Discord's privacy settings"), false
	case s.status == http.StatusForbidden:
		return is(fault.Denied, "Discord does not permit the bot to do that here")
	case s.status == http.StatusNotFound:
		switch s.code {
		case codeUnknownChannel:
			return is(fault.NotFound, "the channel is gone")
		case codeUnknownMessage:
			return is(fault.NotFound, "the message is gone")
		}
		return is(fault.NotFound, "Discord does not know that")
	case s.status >= http.StatusInternalServerError && may == once:
		return is(fault.Unknown, "Discord failed: the message may have been sent")
	case s.status >= http.StatusInternalServerError:
		return fault.Wrap(s, fault.Unavailable, op, "Discord fails at the moment"), true
	default:
		return is(fault.Invalid, "Discord refuses the request")
	}
}

// cut shortens foreign text for a log.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

var (
	errTooLarge = errors.New("the body is larger than 8 MiB")
	errUnsent   = errors.New("nothing was sent")
)

// bounded is a transport that gives up on bodies beyond a limit, and on an answer
// that is not there and read within requestTimeout. The client's own limit of
// time would have two goroutines watch each request, because it does not know
// this transport.
type bounded struct{ http.RoundTripper }

const bodyLimit = 8 << 20

func (b bounded) RoundTrip(rq *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(rq.Context(), requestTimeout)
	rs, err := b.RoundTripper.RoundTrip(rq.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	rs.Body = &boundedBody{rs.Body, bodyLimit, cancel}
	return rs, nil
}

type boundedBody struct {
	io.ReadCloser

	left int64
	done context.CancelFunc
}

// Close implements io.Closer.
func (b *boundedBody) Close() error {
	defer b.done()
	return b.ReadCloser.Close()
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
