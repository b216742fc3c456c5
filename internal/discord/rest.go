package discord

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

const (
	// DefaultRESTURL is where Discord's HTTP API is.
	DefaultRESTURL = "https://discord.com/api/v10"
	// requestTimeout bounds one HTTP request, callTimeout a call with its retries.
	requestTimeout = 10 * time.Second
	callTimeout    = 30 * time.Second
	userAgent      = "DiscordBot (https://github.com/atrilhq/platform, 1)"
)

// RESTOptions are what a client needs; Token must be set.
type RESTOptions struct {
	Token secret.Text
	// URL is the base of the API, DefaultRESTURL if empty.
	URL string
	// Clock is the real one, Logger silent and Transport Go's own if nil.
	Clock     clockwork.Clock
	Logger    *slog.Logger
	Transport http.RoundTripper
}

// REST asks and answers over Discord's HTTP API as one bot. It keeps the rate
// limits, waits and tries again where that is right, and is safe for concurrent
// use. Nothing that it sends can mention anybody.
//
// Its failures have these codes: NotFound for what is gone, an interaction that
// was answered too late included; Conflict for an interaction that was
// acknowledged before; Denied for a missing permission; Unauthenticated for a
// token that is not valid; Quota for a rate limit that outlasts the call;
// Invalid for what Discord can never accept; Unavailable where Discord or the
// network fails; Unknown where something that must not happen twice may have
// happened.
type REST struct {
	client  rest.Client
	limiter *limiter
	clock   clockwork.Clock
	log     *slog.Logger
	http    *http.Client
	// direct has the direct channels that are known.
	direct *lru.Cache[music.UserID, music.ChannelID]
}

// NewREST returns a client. It sends nothing yet. It returns fault.Invalid for
// a token or an address that cannot be one.
func NewREST(o RESTOptions) (*REST, error) {
	const op = "discord.NewREST"
	token, _, err := ParseToken(o.Token.Reveal())
	if err != nil {
		return nil, err
	}
	base := strings.TrimRight(cmp.Or(o.URL, DefaultRESTURL), "/")
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fault.New(fault.Invalid, op, "the API's address must begin with http:// or https://").
			WithHint("check discord.rest_url")
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
		t.MaxIdleConnsPerHost = 32
		o.Transport = t
	}
	hc := &http.Client{
		Transport: bounded{o.Transport},
		// A redirect would carry the token elsewhere; the API has none.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	direct, err := lru.New[music.UserID, music.ChannelID](dmChannels)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "the list of direct channels cannot be made")
	}
	l := newLimiter(o.Clock)
	return &REST{
		// disgo's client writes bodies and addresses, which hold interaction
		// tokens, to its log: it gets none.
		client: rest.NewClient(token.Reveal(), rest.WithHTTPClient(hc), rest.WithURL(base), rest.WithUserAgent(userAgent),
			rest.WithRateLimiter(l), rest.WithLogger(slog.New(slog.DiscardHandler))),
		limiter: l, clock: o.Clock, log: o.Logger, http: hc, direct: direct,
	}, nil
}

// Close closes idle connections. Calls that are under way end by themselves.
func (r *REST) Close() { r.http.CloseIdleConnections() }

// Account is who a token belongs to.
type Account struct {
	// ID is the bot's account, Application its application.
	ID, Application, Name string
}

// Check asks Discord whom the token belongs to, so that a wrong one is found at
// start. It returns Unauthenticated for a token that is not valid.
func (r *REST) Check(ctx context.Context) (Account, error) {
	const op = "discord.Check"
	var user struct {
		ID       string `json:"id"`
		Username string `json:"username"`
	}
	if err := r.do(ctx, op, again, rest.GetCurrentUser.Compile(nil), nil, &user); err != nil {
		return Account{}, err
	}
	var app struct {
		ID string `json:"id"`
	}
	if err := r.do(ctx, op, again, rest.GetCurrentApplication.Compile(nil), nil, &app); err != nil {
		return Account{}, err
	}
	return Account{ID: user.ID, Application: app.ID, Name: user.Username}, nil
}

// StartLimits asks where the gateway is and how many IDENTIFYs are left.
func (r *REST) StartLimits(ctx context.Context) (StartLimits, error) {
	var g discord.GatewayBot
	if err := r.do(ctx, "discord.StartLimits", again, rest.GetGatewayBot.Compile(nil), nil, &g); err != nil {
		return StartLimits{}, err
	}
	s := g.SessionStartLimit
	return StartLimits{
		URL: g.URL, Shards: g.Shards, Total: s.Total, Remaining: s.Remaining,
		ResetAfter: time.Duration(s.ResetAfter) * time.Millisecond, Concurrency: s.MaxConcurrency,
	}, nil
}

// repeat says whether a request may be sent again when nobody knows whether it arrived.
type repeat bool

const (
	again repeat = true
	once  repeat = false
)

// tries bounds how often one call is sent.
const tries = 6

// do sends a request until it succeeds, cannot succeed, or the time is over.
func (r *REST) do(ctx context.Context, op string, may repeat, to *rest.CompiledEndpoint, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for try := 1; ; try++ {
		err := r.client.Do(to, body, into, rest.WithCtx(ctx))
		if err == nil {
			return nil
		}
		f, retry := failure(op, err, may)
		if !retry || try >= tries || ctx.Err() != nil {
			return f
		}
		if f.Code == fault.Quota {
			continue // the limiter waits, and refuses what would outlast the call
		}
		pause := pauseOf(try - 1)
		if deadline, ok := ctx.Deadline(); ok && pause >= time.Until(deadline) {
			return f
		}
		select {
		case <-ctx.Done():
			return f
		case <-r.clock.After(pause):
		}
	}
}
