package discord_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/disgoorg/disgo/rest"
	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/discord"
)

func answer(status int, headers ...string) *http.Response {
	h := http.Header{"Via": {"1.1 test"}}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h}
}

var (
	post20 = rest.CreateMessage.Compile(nil, 20)
	post21 = rest.CreateMessage.Compile(nil, 21)
	edit20 = rest.UpdateMessage.Compile(nil, 20, 9)
	hook   = rest.CreateInteractionResponse.Compile(nil, 5, "tok")
)

// waits returns how long a request would wait: it is asked with a deadline
// that is over, so nothing sleeps.
func waits(t *testing.T, l rest.RateLimiter, to *rest.CompiledEndpoint) bool {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	return l.Wait(ctx, to) != nil
}

func known(l rest.RateLimiter, to *rest.CompiledEndpoint, bucket, remaining, after string) {
	_ = l.Unlock(to, answer(200, "X-RateLimit-Bucket", bucket, "X-RateLimit-Remaining", remaining, "X-RateLimit-Reset-After", after))
}

func TestBuckets(t *testing.T) {
	clock := fakeClock()
	l := discord.NewLimiter(clock)
	if waits(t, l, post20) {
		t.Fatal("the first request waits")
	}
	if !waits(t, l, post20) {
		t.Error("a second one does not wait for what the first one learns")
	}
	if waits(t, l, post21) {
		t.Error("another channel waits for the first one")
	}
	known(l, post20, "b", "2", "1.5")
	known(l, post21, "b", "0", "1.5")
	for i, want := range []bool{false, false, true} {
		if waits(t, l, post20) != want {
			t.Errorf("request %d of 2 left: waits %v", i+1, !want)
		}
	}
	clock.Advance(1499 * time.Millisecond)
	if !waits(t, l, post20) {
		t.Error("a fraction of a second was cut off")
	}
	clock.Advance(time.Millisecond)
	if waits(t, l, post20) {
		t.Error("it waits after the reset")
	}
	known(l, post20, "b", "4", "1.5")
	if waits(t, l, post20) {
		t.Error("the new window is not taken")
	}
	// Another route of the same bucket shares its limit.
	if waits(t, l, edit20) {
		t.Fatal("the first request of another route waits")
	}
	known(l, edit20, "b", "0", "5")
	if !waits(t, l, post20) || !waits(t, l, edit20) {
		t.Error("two routes of one bucket do not share it")
	}
}

func TestAnswersOutOfOrderDoNotRaiseALimit(t *testing.T) {
	l := discord.NewLimiter(fakeClock())
	waits(t, l, post20)
	known(l, post20, "b", "3", "5")
	waits(t, l, post20)
	waits(t, l, post20)
	known(l, post20, "b", "1", "5") // the second's answer
	known(l, post20, "b", "2", "5") // the first's answer, late
	if waits(t, l, post20) || !waits(t, l, post20) {
		t.Error("of three one was left")
	}
}

func Test429s(t *testing.T) {
	for name, tc := range map[string]struct {
		rs    *http.Response
		route time.Duration
		all   bool
	}{
		"of a route":            {answer(429, "X-RateLimit-Bucket", "b", "Retry-After", "2"), 2 * time.Second, false},
		"with a fraction":       {answer(429, "X-RateLimit-Bucket", "b", "Retry-After", "0.25"), 250 * time.Millisecond, false},
		"without a bucket":      {answer(429, "Retry-After", "2"), 2 * time.Second, false},
		"only with Reset-After": {answer(429, "X-RateLimit-Reset-After", "3.5"), 3500 * time.Millisecond, false},
		"that says nothing":     {answer(429), time.Second, false},
		"that says nonsense":    {answer(429, "Retry-After", "soon"), time.Second, false},
		"that says NaN":         {answer(429, "Retry-After", "NaN"), time.Second, false},
		"global":                {answer(429, "X-RateLimit-Global", "true", "Retry-After", "2"), 2 * time.Second, true},
		"of Cloudflare":         {answer(429, "Via", "", "Retry-After", "2"), 2 * time.Second, true},
		"for ever":              {answer(429, "Retry-After", "1e300"), 24 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			clock := fakeClock()
			l := discord.NewLimiter(clock)
			waits(t, l, post20)
			if err := l.Unlock(post20, tc.rs); err != nil {
				t.Fatal(err)
			}
			if got := waits(t, l, post21); got != tc.all {
				t.Errorf("another channel waits: %v", got)
			}
			clock.Advance(tc.route - time.Millisecond)
			if !waits(t, l, post20) {
				t.Error("it waits too short")
			}
			clock.Advance(time.Millisecond)
			if waits(t, l, post20) {
				t.Error("it waits too long")
			}
		})
	}
}

func TestTheGlobalLimitSparesInteractions(t *testing.T) {
	clock := fakeClock()
	l := discord.NewLimiter(clock)
	for i := range 45 {
		to := rest.CreateMessage.Compile(nil, 1000+i)
		if waits(t, l, to) {
			t.Fatalf("request %d waits", i+1)
		}
	}
	if !waits(t, l, post20) {
		t.Error("the 46th does not wait")
	}
	if waits(t, l, hook) {
		t.Error("an answer to an interaction waits")
	}
	clock.Advance(time.Second)
	if waits(t, l, post20) {
		t.Error("it waits after a second")
	}
}

func TestTooManyRefusalsStopEverything(t *testing.T) {
	clock := fakeClock()
	l := discord.NewLimiter(clock)
	for range 5000 {
		_ = l.Unlock(hook, answer(403))
	}
	if !waits(t, l, hook) {
		t.Error("10,000 would ban the address: 5,000 must stop it")
	}
	clock.Advance(10 * time.Minute)
	if waits(t, l, hook) {
		t.Error("it waits for ever")
	}
	for range 5000 {
		_ = l.Unlock(hook, answer(429, "X-RateLimit-Scope", "shared", "Retry-After", "0"))
	}
	if waits(t, l, hook) {
		t.Error("shared limits do not count")
	}
}

func TestANetworkErrorFreesTheRoute(t *testing.T) {
	l := discord.NewLimiter(fakeClock())
	waits(t, l, post20)
	if err := l.Unlock(post20, nil); err != nil {
		t.Fatal(err)
	}
	if waits(t, l, post20) {
		t.Error("the route waits for an answer that will not come")
	}
}

func TestWaitSleepsOnTheClock(t *testing.T) {
	clock := fakeClock()
	l := discord.NewLimiter(clock)
	waits(t, l, post20)
	_ = l.Unlock(post20, answer(429, "Retry-After", "7"))
	done := make(chan error, 2)
	go func() { done <- l.Wait(t.Context(), post20) }()
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	clock.Advance(7 * time.Second)
	if err := recv(t, done, "the end of the wait"); err != nil {
		t.Error(err)
	}
	_ = l.Unlock(post20, answer(429, "Retry-After", "7"))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { done <- l.Wait(ctx, post20) }()
	blocked(t, clock)
	cancel()
	if err := recv(t, done, "the end of the wait"); !errors.Is(err, context.Canceled) {
		t.Errorf("it gave %v", err)
	}
}

func blocked(t *testing.T, clock *clockwork.FakeClock) {
	t.Helper()
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
}
