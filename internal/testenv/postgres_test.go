package testenv_test

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/internal/testenv"
)

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func TestDatabasesAreApart(t *testing.T) {
	first, second := connect(t, testenv.Postgres(t)), connect(t, testenv.Postgres(t))
	if _, err := first.Exec(t.Context(), "CREATE TABLE here (n INT)"); err != nil {
		t.Fatal(err)
	}
	var found int
	if err := second.QueryRow(t.Context(), "SELECT COUNT(to_regclass('here'))").Scan(&found); err != nil || found != 0 {
		t.Fatalf("the second database has %d tables of the first, %v", found, err)
	}
	var addresses string
	if err := first.QueryRow(t.Context(), "SHOW listen_addresses").Scan(&addresses); err != nil || addresses != "" {
		t.Errorf("the server listens on %q, %v", addresses, err)
	}
}

const holdVar = "TESTENV_TEST_HOLD"

// TestHold is the process that TestTheServerEndsWithItsProcess kills.
func TestHold(t *testing.T) {
	if os.Getenv(holdVar) == "" {
		return
	}
	fmt.Println("address", testenv.Postgres(t))
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
}

func TestTheServerEndsWithItsProcess(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestHold$")
	cmd.Env = append(os.Environ(), holdVar+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		address, _ = strings.CutPrefix(lines.Text(), "address ")
	}
	u, err := url.Parse(address)
	if err != nil || address == "" {
		t.Fatalf("the address %q: %v", address, err)
	}
	dir := u.Query().Get("host")
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("the server's directory: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	limit := time.After(30 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		select {
		case <-limit:
			t.Fatalf("%s is still there", dir)
		case <-again.C:
		}
	}
}

func TestMissingProgramsFailTheTest(t *testing.T) {
	_, err := testenv.Binaries([]string{"no-such-server"}, []string{"/nowhere/*/bin"})
	if err == nil || !strings.Contains(err.Error(), "make deps") {
		t.Fatalf("got %v", err)
	}
}

func TestTheNewestVersionIsTaken(t *testing.T) {
	root := t.TempDir()
	for _, v := range []string{"9", "17", "15"} {
		dir := root + "/" + v + "/bin"
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/some-server", []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	got, err := testenv.Binaries([]string{"some-server"}, []string{root + "/*/bin"})
	if err != nil || !strings.HasSuffix(got, "/17/bin") {
		t.Fatalf("got %s, %v", got, err)
	}
}
