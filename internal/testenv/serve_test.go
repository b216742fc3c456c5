package testenv_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/testenv"
)

func TestServersForAProgramEndWhenTold(t *testing.T) {
	database, redis, stop, err := testenv.Serve()
	if err != nil {
		t.Fatal(err)
	}
	var one int
	if err := connect(t, database).QueryRow(t.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
		t.Errorf("the database: %d %v", one, err)
	}
	var dirs []string
	for _, at := range []string{database, redis} {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		dir := u.Query().Get("host")
		if dir == "" {
			dir = filepath.Dir(u.Path)
		}
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("the directory of %s: %v", u.Scheme, err)
		}
		dirs = append(dirs, dir)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	limit := time.After(30 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for _, dir := range dirs {
		for {
			if _, err := os.Stat(dir); os.IsNotExist(err) {
				break
			}
			select {
			case <-limit:
				t.Fatalf("%s is still there", dir)
			case <-again.C:
			}
		}
	}
}
