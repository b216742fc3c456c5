package archive_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/fault"
)

// packed compresses lines as a file has them.
func packed(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func text(t testing.TB, seqs ...int64) string {
	t.Helper()
	var out []byte
	for _, seq := range seqs {
		var err error
		if out, err = archive.AppendLine(out, row(seq)); err != nil {
			t.Fatal(err)
		}
	}
	return string(out)
}

func TestDamagedFilesAreNamed(t *testing.T) {
	each(t, func(t *testing.T, open func(archive.Limits) *box) { damages(t, open) })
}

func damages(t *testing.T, open func(archive.Limits) *box) {
	t.Helper()
	good := packed(t, text(t, 11, 12, 13))
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 0x40
	for name, raw := range map[string][]byte{
		"empty":             nil,
		"cut at its end":    good[:len(good)-1],
		"cut in the middle": good[:len(good)/2],
		"a flipped bit":     flipped,
		"not compressed":    []byte(text(t, 11, 12, 13)),
		"an event less":     packed(t, text(t, 11, 12)),
		"an event more":     packed(t, text(t, 11, 12, 13, 14)),
		"a hole":            packed(t, text(t, 11, 13)),
		"one twice":         packed(t, text(t, 11, 12, 12, 13)),
		"another order":     packed(t, text(t, 11, 13, 12)),
		"no event":          packed(t, text(t, 11, 12)+"{}\n"),
		"numbers are gone":  packed(t, text(t, 11)+`{"gone_from":12,"gone_to":13}`+"\n"),
		"too many are gone": packed(t, text(t, 11)+`{"gone_from":12,"gone_to":900}`+"\n"),
		"one is gone twice": packed(t, text(t, 11, 12)+`{"gone_from":12,"gone_to":12}`+"\n"+text(t, 13)),
		"none is gone":      packed(t, text(t, 11)+`{"gone_from":12,"gone_to":11}`+"\n"+text(t, 12, 13)),
		"gone and there":    packed(t, `{"gone_from":11,"gone_to":11,"seq":11}`+"\n"+text(t, 12, 13)),
		"no line end":       packed(t, strings.TrimSuffix(text(t, 11, 12, 13), "\n")),
		"an endless line":   packed(t, text(t, 11, 12)+strings.Repeat(" ", archive.MaxLine+1)),
	} {
		t.Run(name, func(t *testing.T) {
			a := open(archive.Limits{})
			write(t, a.Archive, 1, 10)
			f := write(t, a.Archive, 11, 13)
			write(t, a.Archive, 14, 20)
			a.spoil(f.Path, raw)
			got, err := read(t, a.Archive, 0)
			message, hint := fault.Show(err)
			if fault.CodeOf(err) != fault.Invalid || !strings.Contains(message, f.Path) || hint == "" {
				t.Errorf("it was read with %v", err)
			}
			// What came before it is given, and nothing behind it.
			if n := int64(len(got)); n < 10 || n > 13 || !slices.Equal(got, series(1, n)) {
				t.Errorf("got %v", got)
			}
			if _, err := f.Check(t.Context(), 11, "event-11"); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("the check says %v", err)
			}
			// Without it the rest is there.
			a.remove(f.Path)
			if got, err := read(t, a.Archive, 0); err != nil || !slices.Equal(got, append(series(1, 10), series(14, 20)...)) {
				t.Errorf("without it: %v, %v", got, err)
			}
		})
	}
}

func TestACheckKnowsAnEventByItsID(t *testing.T) {
	a, _ := open(t, archive.Limits{})
	f := write(t, a, 5, 9)
	for _, c := range []struct {
		seq  int64
		id   string
		want bool
	}{{5, "event-5", true}, {9, "event-9", true}, {5, "event-6", false}, {4, "event-4", false}, {6, "", false}} {
		if same, err := f.Check(t.Context(), c.seq, c.id); err != nil || same != c.want {
			t.Errorf("%+v: %v, %v", c, same, err)
		}
	}
}

func TestNamesThatAreNone(t *testing.T) {
	for _, name := range []string{
		"journal-1-2.jsonl.zst", "journal-00000000000000000002-00000000000000000001.jsonl.zst", "journal-.jsonl.zst",
		"journal-00000000000000000000-00000000000000000001.jsonl.zst", "journal-99999999999999999999-99999999999999999999.jsonl.zst",
		"journal-+0000000000000000001-00000000000000000002.jsonl.zst", "journal-00000000000000000001-00000000000000000002.jsonl",
	} {
		t.Run(name, func(t *testing.T) {
			a, dir := open(t, archive.Limits{})
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := a.Files(t.Context())
			if message, _ := fault.Show(err); fault.CodeOf(err) != fault.Invalid || !strings.Contains(message, name) {
				t.Errorf("it was taken: %v", err)
			}
		})
	}
	a, dir := open(t, archive.Limits{})
	write(t, a, 1, 2)
	if err := os.WriteFile(filepath.Join(dir, "README"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := a.Files(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("what has nothing to do with it: %v, %v", all, err)
	}
}

func TestLinesKeepEveryByte(t *testing.T) {
	for name, envelope := range map[string]string{
		"usual": `{"id":"1"}`, "empty": "", "spaces": ` {"a": 1} `, "lines": "{\n}", "no JSON": "{", "a list": "[1]", "a word": "null", "escapes": `{"a":"<\u0000>"}`, "no text": "\xff\xfe",
	} {
		t.Run(name, func(t *testing.T) {
			r := row(1)
			r.Envelope = []byte(envelope)
			raw, err := archive.AppendLine(nil, r)
			if err != nil || bytes.Count(raw, []byte("\n")) != 1 {
				t.Fatalf("%q, %v", raw, err)
			}
			if got, err := archive.ParseLine(raw); err != nil || string(got.Envelope) != envelope {
				t.Errorf("got %q, %v", got.Envelope, err)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		r := row(rapid.Int64Range(1, 1<<62).Draw(t, "seq"))
		r.Envelope = rapid.SliceOf(rapid.Byte()).Draw(t, "envelope")
		r.Cause = rapid.String().Draw(t, "cause")
		raw, err := archive.AppendLine([]byte("x"), r)
		if err != nil || raw[0] != 'x' {
			t.Fatalf("%q, %v", raw, err)
		}
		got, err := archive.ParseLine(raw[1:])
		if err != nil || !bytes.Equal(got.Envelope, r.Envelope) || got.Seq != r.Seq || got.Cause != r.Cause {
			t.Fatalf("got %+v, %v", got, err)
		}
	})
	r := row(1)
	r.Envelope = []byte(`{"a":"` + strings.Repeat("a", archive.MaxLine) + `"}`)
	if out, err := archive.AppendLine([]byte("x"), r); fault.CodeOf(err) != fault.Invalid || string(out) != "x" {
		t.Errorf("a line without end: %d bytes, %v", len(out), err)
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte(text(f, 1)))
	for _, s := range []string{``, `{}`, `null`, `{"seq":1,"id":"a","type":"b","at":"0000-01-01T00:00:00+23:59"}`, `{"seq":1,"id":"a","type":"b","event":5}`, `{"seq":1,"id":"a","type":"b","raw":"AA==","event":{}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := archive.ParseLine(raw)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := archive.AppendLine(nil, &got)
		if err != nil {
			t.Fatalf("%+v is not written: %v", got, err)
		}
		if back, err := archive.ParseLine(again); err != nil || !bytes.Equal(back.Envelope, got.Envelope) || back.Seq != got.Seq || back.ID != got.ID || !back.At.Equal(got.At) {
			t.Fatalf("%+v became %+v, %v", got, back, err)
		}
	})
}

// FuzzFile puts any bytes in the place of a file: it is read as it was, or it is
// named as damaged, and reading ends.
func FuzzFile(f *testing.F) {
	good := packed(f, text(f, 1, 2))
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Add(packed(f, text(f, 1, 3)))
	f.Add(packed(f, `{"gone_from":1,"gone_to":1}`+"\n"+text(f, 2)))
	f.Add([]byte("\x28\xb5\x2f\xfd"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, _ := open(t, archive.Limits{})
		file := write(t, a, 1, 2)
		if err := os.WriteFile(file.Path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		var got []int64
		for r, err := range a.After(t.Context(), 0) {
			if err != nil {
				if message, _ := fault.Show(err); fault.CodeOf(err) != fault.Invalid || !strings.Contains(message, file.Path) {
					t.Fatalf("%v", err)
				}
				return
			}
			got = append(got, r.Seq)
		}
		// One that left the journal before it was archived may be noted as gone.
		if !slices.Equal(got, []int64{1, 2}) && !slices.Equal(got, []int64{2}) {
			t.Fatalf("got %v", got)
		}
	})
}
