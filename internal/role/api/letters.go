package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/store"
)

// projected begins the kind of dead letters that are events of a projection.
const projected = "projection:"

// Letters implements httpapi.Backend.
func (r *Role) Letters(ctx context.Context, p httpapi.Page) (view.LetterPage, error) {
	rows, err := r.opt.Store.DeadLettersAfter(ctx, p.Cursor, p.Limit)
	if err != nil {
		if p.Cursor != "" && fault.CodeOf(err) == fault.NotFound {
			err = errCursor
		}
		return view.LetterPage{}, err
	}
	out := view.LetterPage{Items: make([]view.Letter, 0, len(rows))}
	for i := range rows {
		out.Items = append(out.Items, letter(&rows[i]))
	}
	if len(rows) > 0 && len(rows) == p.Limit {
		out.NextCursor = rows[len(rows)-1].ID
	}
	return out, nil
}

func letter(d *store.DeadLetter) view.Letter {
	return view.Letter{ID: d.ID, Kind: d.Kind, Guild: string(d.Guild), Partition: d.Partition, Error: d.Error, At: d.At.UTC()}
}

// Letter implements httpapi.Backend.
func (r *Role) Letter(ctx context.Context, id string) (view.Letter, error) {
	d, err := r.opt.Store.DeadLetter(ctx, id)
	if err != nil {
		return view.Letter{}, err
	}
	out := letter(&d)
	out.Input = withoutSecrets(d.Input)
	return out, nil
}

// RetryLetter implements httpapi.Backend. The letter is removed once what it has
// is handed over; where the process ends in between, both are there, and a
// command that is tried again within the hour is known by its id.
func (r *Role) RetryLetter(ctx context.Context, by, id string) (view.LetterGone, error) {
	const op = "api.RetryLetter"
	d, err := r.opt.Store.DeadLetter(ctx, id)
	if err != nil {
		return view.LetterGone{}, err
	}
	out := view.LetterGone{ID: id, Outcome: "handed_over"}
	if strings.HasPrefix(d.Kind, projected) {
		out.Outcome = "applied"
		if r.opt.Reapply == nil {
			return view.LetterGone{}, fault.New(fault.Unavailable, op, "this process cannot apply events to a projection")
		}
		err = r.opt.Reapply(ctx, &d)
	} else {
		err = r.handOver(ctx, &d)
	}
	if err != nil {
		return view.LetterGone{}, err
	}
	r.opt.Logger.Info("a dead letter was tried again", "letter", id, "kind", d.Kind, "by", by)
	if err := r.opt.Store.DropDeadLetter(ctx, id); err != nil && fault.CodeOf(err) != fault.NotFound {
		return view.LetterGone{}, err
	}
	return out, nil
}

// handOver gives an input to its guild again, under a name of its own: the one
// that it had is known as carried out. Nobody is owed an answer any more, for
// whoever waited was told when the input was put aside.
func (r *Role) handOver(ctx context.Context, d *store.DeadLetter) error {
	var in music.Input
	if err := json.Unmarshal(d.Input, &in); err != nil {
		return fault.Wrap(err, fault.Invalid, "api.RetryLetter", "this version cannot read the input of the letter").
			WithHint("drop it with: platformctl letters drop " + d.ID)
	}
	in.ID = again(d.ID)
	if c, ok := in.Body.(music.Command); ok {
		c.Reply = music.ReplyTo{Locale: c.Reply.Locale}
		in.Body = c
	}
	return r.send(ctx, partition.Delivery{Input: in})
}

// again names the next try of an input: x, x~2, x~3 and so on.
func again(id string) string {
	name, n := id, 1
	if i := strings.LastIndexByte(id, '~'); i > 0 {
		if k, err := strconv.Atoi(id[i+1:]); err == nil && k > 1 && k < 1e6 {
			name, n = id[:i], k
		}
	}
	return name + "~" + strconv.Itoa(n+1)
}

// DropLetter implements httpapi.Backend.
func (r *Role) DropLetter(ctx context.Context, by, id string) (view.LetterGone, error) {
	if err := r.opt.Store.DropDeadLetter(ctx, id); err != nil {
		return view.LetterGone{}, err
	}
	r.opt.Logger.Info("a dead letter was dropped", "letter", id, "by", by)
	return view.LetterGone{ID: id, Outcome: "dropped"}, nil
}

// withoutSecrets is an input as it may be shown: values of keys that name a
// secret are left out. What is no JSON is told by its size only.
func withoutSecrets(raw []byte) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		v = fmt.Sprintf("%d bytes that are no JSON", len(raw))
	}
	out, err := json.Marshal(redact(v))
	if err != nil {
		return nil
	}
	return out
}

func redact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			if isSecret(k) {
				v[k] = secret.Redacted
			} else {
				v[k] = redact(v[k])
			}
		}
	case []any:
		for i := range v {
			v[i] = redact(v[i])
		}
	}
	return v
}

func isSecret(key string) bool {
	key = strings.ToLower(key)
	for _, s := range []string{"token", "session", "password", "secret"} {
		if strings.Contains(key, s) {
			return true
		}
	}
	return false
}
