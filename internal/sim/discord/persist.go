package discord

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
)

// stateVersion is the version of the stored form.
const stateVersion = 1

// saveDelay is how long AutoSave waits for more changes. What a killed simulator
// forgot its clients have to be told: their sessions are invalid then.
const saveDelay = 20 * time.Millisecond

// autosave remembers where to write and whether something waits.
type autosave struct {
	path  string
	timer clockwork.Timer
	dirty bool
}

// Save writes the World, its sessions included, to a file; a reader sees the
// old or the new one, never a part. The file holds the bots' tokens and is
// readable by its owner only. It returns Unavailable if it cannot be written.
func (w *World) Save(path string) error {
	w.mu.Lock()
	raw := mustJSON(w.st)
	w.mu.Unlock()
	return writeFile(path, raw)
}

func writeFile(path string, raw []byte) error {
	const op = "discord.Save"
	f, err := os.CreateTemp(filepath.Dir(path), ".world-*")
	if err == nil {
		_, err = f.Write(raw)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err == nil {
			err = os.Rename(f.Name(), path)
		}
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the simulated world cannot be written").
			WithHint("check that the directory exists and is writable")
	}
	return nil
}

// Load replaces the World by the one in a file. Every session in it waits for
// a RESUME from now on; its first one may name a sequence that is ahead of the
// file, because a simulator that was killed lost its last moments. It is meant
// for a World that nobody uses yet. It returns NotFound if there is no file and Invalid if it is not a stored World.
func (w *World) Load(path string) error {
	const op = "discord.Load"
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return fault.Wrap(err, fault.NotFound, op, "there is no stored world")
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the stored world cannot be read")
	}
	var st state
	if err := json.Unmarshal(raw, &st); err != nil || st.Version != stateVersion {
		return fault.Wrap(err, fault.Invalid, op, "the file is not a world of this version").
			WithHint("remove it to start with a new world")
	}
	if st.Messages == nil {
		st.Messages = map[string][]*Message{}
	}
	w.mu.Lock()
	defer w.unlock()
	for _, s := range w.st.Sessions {
		if s.ttl != nil {
			s.ttl.Stop()
		}
		if s.conn != nil {
			s.conn.sess = nil
			s.conn.close(closeUnknown, "the world was replaced")
		}
	}
	w.st = st
	for _, s := range w.st.Sessions {
		w.detach(s)
	}
	w.touch()
	return nil
}

// AutoSave writes the World to a file now, some 20 ms after each change, and
// at Close. It returns Unavailable if the file cannot be written now.
func (w *World) AutoSave(path string) error {
	if err := w.Save(path); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.save.path = path
	return nil
}

// touch notes that the state has changed. It is called with the lock.
func (w *World) touch() {
	w.watchWorld()
	if w.save.path == "" || w.save.dirty || w.closed {
		return
	}
	w.save.dirty = true
	w.save.timer = w.clock.AfterFunc(saveDelay, func() {
		w.mu.Lock()
		if w.closed {
			w.mu.Unlock()
			return
		}
		w.save.dirty = false
		path := w.save.path
		w.running.Add(1)
		w.mu.Unlock()
		defer w.running.Done()
		if err := w.Save(path); err != nil {
			w.log.Error("the world was not saved", "error", err)
		}
	})
}

func (w *World) stopAutoSave() error {
	w.mu.Lock()
	path := w.save.path
	w.save.path = ""
	if w.save.timer != nil {
		w.save.timer.Stop()
	}
	for _, s := range w.st.Sessions {
		if s.ttl != nil {
			s.ttl.Stop()
		}
	}
	w.mu.Unlock()
	if path == "" {
		return nil
	}
	return w.Save(path)
}
