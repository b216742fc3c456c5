package upkeep_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/upkeep"
)

func TestBackupThereAndBack(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, fresh func(t *testing.T) string) {
		url, file := fresh(t), filepath.Join(t.TempDir(), "backup")
		lived(t, url)
		db := open(t, url) // it is in use
		if _, err := db.Acquire(t.Context(), 0, "somebody", time.Hour); err != nil {
			t.Fatal(err)
		}
		m, err := upkeep.Create(t.Context(), options(url, file))
		if err != nil {
			t.Fatal(err)
		}
		if m.By != "1.2.3" || !m.Made.Equal(at) || m.Bytes == 0 || len(m.SHA256) != 64 || len(m.Tables) < 19 {
			t.Errorf("%+v", m)
		}
		for _, f := range []string{file, file + ".manifest.json"} {
			if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", f, info.Mode(), err)
			}
		}
		_, err = upkeep.Create(t.Context(), options(url, file))
		wants(t, err, fault.Conflict, "a backup is never overwritten")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := upkeep.Verify(t.Context(), options(url, file)); err != nil {
			t.Fatal(err)
		}
		_, err = upkeep.Restore(t.Context(), options(url, file))
		wants(t, err, fault.Conflict, "a database is never overwritten")
		other := fresh(t)
		if _, err := upkeep.Restore(t.Context(), options(other, file)); err != nil {
			t.Fatal(err)
		}
		db = open(t, other)
		if g := guild(t.Context(), t, db); len(g.Players[0].Queue) != 2 {
			t.Errorf("%+v", g)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestBackupThatIsNotWhatItWas(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, fresh func(t *testing.T) string) {
		url, dir := fresh(t), t.TempDir()
		lived(t, url)
		good := filepath.Join(dir, "good")
		if _, err := upkeep.Create(t.Context(), options(url, good)); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(good)
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := os.ReadFile(good + ".manifest.json")
		if err != nil {
			t.Fatal(err)
		}
		put := func(name string, data, manifest []byte) string {
			t.Helper()
			file := filepath.Join(dir, name)
			manifest = bytes.ReplaceAll(manifest, []byte(`"good"`), []byte(`"`+name+`"`))
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if manifest != nil {
				if err := os.WriteFile(file+".manifest.json", manifest, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			return file
		}
		flipped := bytes.Clone(raw)
		flipped[len(flipped)/2] ^= 0x10
		var m upkeep.Manifest
		if err := json.Unmarshal(manifest, &m); err != nil {
			t.Fatal(err)
		}
		for i := range m.Tables {
			if m.Tables[i].Table == "slots" {
				m.Tables[i].Rows++
			}
		}
		more, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Tables {
			if m.Tables[i].Table == "slots" {
				m.Tables[i].Rows--
				m.Tables[i].Digest = strings.Repeat("0", 64)
			}
		}
		other, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			data, manifest []byte
			code           fault.Code
		}{
			"cut off":          {raw[:len(raw)-1], manifest, fault.Conflict},
			"a bit is flipped": {flipped, manifest, fault.Conflict},
			"a row is missing": {raw, more, fault.Conflict},
			"a row is another": {raw, other, fault.Conflict},
			"no manifest":      {raw, nil, fault.NotFound},
			"no JSON":          {raw, []byte("{"), fault.Invalid},
			"another form":     {raw, bytes.Replace(manifest, []byte(`"manifest_version": 1`), []byte(`"manifest_version": 9`), 1), fault.Invalid},
		} {
			file := put(strings.ReplaceAll(name, " ", "-"), c.data, c.manifest)
			_, err := upkeep.Verify(t.Context(), options(url, file))
			wants(t, err, c.code, "verify: "+name)
			target := fresh(t)
			_, err = upkeep.Restore(t.Context(), options(target, file))
			wants(t, err, c.code, "restore: "+name)
		}
	})
}

func TestRestoreIntoTheOtherEngineIsRefused(t *testing.T) {
	t.Parallel()
	lite, file := "sqlite://"+filepath.Join(t.TempDir(), "platform.db"), filepath.Join(t.TempDir(), "backup")
	lived(t, lite)
	if _, err := upkeep.Create(t.Context(), options(lite, file)); err != nil {
		t.Fatal(err)
	}
	_, err := upkeep.Restore(t.Context(), options("postgres://127.0.0.1:1/none", file))
	wants(t, err, fault.Invalid, "sqlite into postgres")
}
