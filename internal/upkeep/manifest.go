package upkeep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// manifestVersion is the form of manifests that this version writes and reads.
const manifestVersion = 1

// maxManifest bounds what is read of one, in bytes.
const maxManifest = 1 << 20

// A Manifest stands beside a backup, in FILE.manifest.json, and says what is in
// it: what a good restore has to have.
type Manifest struct {
	Version int       `json:"manifest_version"`
	Engine  string    `json:"engine"`
	Schema  int64     `json:"schema"`
	Made    time.Time `json:"made_at"`
	// By is the version of the program.
	By     string  `json:"made_by"`
	File   string  `json:"file"`
	Bytes  int64   `json:"bytes"`
	SHA256 string  `json:"sha256"`
	Tables []Count `json:"tables"`
}

func manifestOf(file string) string { return file + ".manifest.json" }

// write puts the manifest beside the backup. It comes last: a backup without one
// is no backup.
func (m Manifest) write(file string) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(manifestOf(file), append(raw, '\n'), 0o600)
}

// readManifest reads the manifest of a backup and compares the file with it.
func readManifest(file string) (Manifest, error) {
	const op = "upkeep.readManifest"
	var m Manifest
	f, err := os.Open(manifestOf(file))
	if err != nil {
		code, hint := fault.Unavailable, ""
		if errors.Is(err, fs.ErrNotExist) {
			code, hint = fault.NotFound, "name the backup's file; its manifest lies beside it, and without one it is not known what has to be in it"
		}
		return m, fault.Wrap(err, code, op, "there is no readable manifest at "+manifestOf(file)).WithHint(hint)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil || m.Version != manifestVersion || m.File != filepath.Base(file) {
		return m, fault.Wrap(err, fault.Invalid, op, manifestOf(file)+" is no manifest of this backup that this version can read")
	}
	sum, size, err := sumFile(file)
	if err != nil {
		return m, fault.Wrap(err, fault.Unavailable, op, "the backup cannot be read")
	}
	if sum != m.SHA256 || size != m.Bytes {
		return m, fault.New(fault.Conflict, op, "the backup is not the file that was made: its checksum differs").
			WithHint("use another backup; this one was changed or cut off")
	}
	return m, nil
}

func sumFile(file string) (sum string, size int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
