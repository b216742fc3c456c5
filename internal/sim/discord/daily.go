package discord

import (
	"fmt"
	"time"
)

// dayCount counts within 24 hours from its first one.
type dayCount struct {
	Since time.Time `json:"since"`
	N     int       `json:"n"`
}

// fresh counts the commands that do not exist yet. Overwriting one is free.
func (w *World) fresh(q *request, cs ...Command) int {
	n := 0
	for _, c := range cs {
		known := false
		for _, old := range w.scope(q) {
			known = known || old.Name == c.Name && old.Type == max(c.Type, 1)
		}
		if !known {
			n++
		}
	}
	return n
}

// creates is the count of the request's application and guild.
func (w *World) creates(q *request) *dayCount {
	key := q.bot.ID + " " + q.PathValue("guild")
	c := w.st.Creates[key]
	if c == nil || w.now().Sub(c.Since) >= 24*time.Hour {
		c = &dayCount{Since: w.now()}
	}
	if w.st.Creates == nil {
		w.st.Creates = map[string]*dayCount{}
	}
	w.st.Creates[key] = c
	return c
}

// mayCreate refuses what is more than 200 new commands in a day
// (https://discord.com/developers/docs/interactions/application-commands#registering-a-command).
func (w *World) mayCreate(q *request, n int) *apiError {
	c := w.creates(q)
	if c.N+n <= w.opts.CreateLimit || n == 0 {
		return nil
	}
	e := refuse(429, 30034, fmt.Sprintf("Max number of daily application command creates has been reached (%d)", w.opts.CreateLimit))
	e.body = obj{
		"message": e.message, "code": e.code, "global": false,
		"retry_after": (24*time.Hour - w.now().Sub(c.Since)).Seconds(),
	}
	return e
}

func (w *World) created(q *request, n int) { w.creates(q).N += n }
