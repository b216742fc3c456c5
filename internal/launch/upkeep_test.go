package launch_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/cli"
	"github.com/atrilhq/platform/internal/launch"
	"github.com/atrilhq/platform/internal/upkeep"
)

func tool(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = launch.Run(t.Context(), args, launch.IO{Stdout: &o, Stderr: &e, Build: cli.Build{Version: "1.2.3"}})
	return code, o.String(), e.String()
}

func TestToolsOnADatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url, copied := "sqlite://"+filepath.Join(dir, "a", "platform.db"), "sqlite://"+filepath.Join(dir, "b", "platform.db")
	back := filepath.Join(dir, "backup.db")
	for _, c := range []struct {
		args      string
		code      int
		out, errs string
	}{
		{"migrate status --database " + url, 3, "", "there is no readable database"},
		{"migrate up --database " + url, 0, "00001_foundation.sql", "the schema is at"},
		{"migrate up --quiet -o json --data-dir " + filepath.Join(dir, "a"), 0, `"engine": "sqlite"`, ""},
		{"migrate down --database " + url, 2, "", "name it with --to"},
		{"migrate down --to 1 --database " + url, 0, "00004_members_sessions_identifies.sql  -", "the schema is at 1"},
		{"backup create --database " + url + " " + back, 5, "", "platformctl migrate up"},
		{"migrate up --database " + url, 0, "", ""},
		{"backup create --database " + url + " " + back, 0, "guilds", "backed up to"},
		{"backup create --database " + url + " " + back, 5, "", "is there already"},
		{"backup verify --database " + url + " " + back, 0, "partitions", "is whole"},
		{"backup verify --database " + url + " " + back + "x", 3, "", "there is no readable manifest"},
		{"backup restore --database " + url + " " + back, 5, "", "nothing is overwritten"},
		{"db copy --from " + url, 2, "", "--from and --to"},
		{"db copy -o jsonl --from " + url + " --to " + copied, 0, `"table":"guilds"`, "copied and compared"},
		{"db copy --from " + url + " --to " + copied + "/", 2, "", "three slashes"},
		{"backup", 0, "Available Commands", ""},
		{"backup create", 2, "", "accepts 1 arg"},
		{"migrate status -o xml --database " + url, 2, "", "no output format"},
	} {
		code, out, errs := tool(t, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
			t.Errorf("%s: %d\n%s\n%s", c.args, code, out, errs)
		}
	}
	code, out, _ := tool(t, "backup", "verify", "-q", "-o", "json", "--database", url, back)
	var m upkeep.Manifest
	if err := json.Unmarshal([]byte(out), &m); code != 0 || err != nil || m.By != "1.2.3" || len(m.Tables) < 19 {
		t.Errorf("%d, %v: %s", code, err, out)
	}
}
