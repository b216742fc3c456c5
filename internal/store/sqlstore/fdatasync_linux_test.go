package sqlstore_test

import (
	"testing"

	sqlite "modernc.org/sqlite"

	"github.com/atrilhq/platform/internal/store/sqlstore"
)

func TestCommitsSyncWhatTheyNeed(t *testing.T) {
	open(t, sqlstore.Options{URL: file(t.TempDir())})
	if !sqlite.FdatasyncEnabled() {
		t.Error("each commit waits for the times of the log too")
	}
}
