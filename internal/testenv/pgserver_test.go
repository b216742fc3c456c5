package testenv_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/testenv"
)

func TestAPostgresThatEndsAtOnceRecovers(t *testing.T) {
	s := testenv.NewPostgres(t, "log_checkpoints=off")
	proxy := testenv.NewProxy(t, "unix", s.Socket())
	conn := connect(t, s.At(proxy.Address()))
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		if _, err := connect(t, s.URL()).Exec(t.Context(), "INSERT INTO kept VALUES ($1)", n); err != nil {
			t.Fatal(err)
		}
		s.Kill(t)
		if _, err := conn.Exec(t.Context(), "SELECT 1"); err == nil {
			t.Error("a server that was ended answers")
		}
		s.Start(t)
		conn = connect(t, s.At(proxy.Address()))
		var rows int
		if err := conn.QueryRow(t.Context(), "SELECT COUNT(*) FROM kept").Scan(&rows); err != nil || rows != n+1 {
			t.Errorf("%d rows of %d, %v", rows, n+1, err)
		}
	}
	var said string
	if err := conn.QueryRow(t.Context(), "SHOW log_checkpoints").Scan(&said); err != nil || said != "off" {
		t.Errorf("the setting is %q, %v", said, err)
	}
}
