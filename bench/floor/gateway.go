package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Opcodes of the gateway
// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway).
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opHello     = 10
)

// run connects to both sides and exchanges until ctx ends or a socket does.
func (f *floor) run(ctx context.Context) error {
	link, err := f.link(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = link.Close() }()
	raw, err := f.call(ctx, http.MethodGet, f.rest+"/gateway", "", nil)
	if err != nil {
		return err
	}
	var where struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(raw, &where); err != nil {
		return err
	}
	f.gateway, err = dial(ctx, where.URL+"/?v=10&encoding=json", nil)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = f.gateway.Close() })
	defer stop()
	defer func() { _ = f.gateway.Close() }()
	for {
		if err := f.receive(ctx); err != nil {
			return err
		}
	}
}

// link opens a session on the node and reads what comes, so that it can send on.
func (f *floor) link(ctx context.Context) (*websocket.Conn, error) {
	c, err := dial(ctx, "ws"+strings.TrimPrefix(f.node, "http")+"/v4/websocket", http.Header{
		"Authorization": {f.password}, "User-Id": {f.app}, "Client-Name": {"floor/1"},
	})
	if err != nil {
		return nil, err
	}
	for f.session == "" {
		var m struct {
			Op      string `json:"op"`
			Session string `json:"sessionId"`
		}
		if err := c.ReadJSON(&m); err != nil {
			return nil, errors.Join(err, c.Close())
		}
		if m.Op == "ready" {
			f.session = m.Session
		}
	}
	go func() {
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	}()
	return c, nil
}

func dial(ctx context.Context, to string, h http.Header) (*websocket.Conn, error) {
	c, res, err := websocket.DefaultDialer.DialContext(ctx, to, h)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	return c, err
}

func (f *floor) send(op int, d any) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	return f.gateway.WriteJSON(map[string]any{"op": op, "d": d})
}

// receive handles one message of the gateway.
func (f *floor) receive(ctx context.Context) error {
	var m struct {
		Op int             `json:"op"`
		T  string          `json:"t"`
		D  json.RawMessage `json:"d"`
	}
	if err := f.gateway.ReadJSON(&m); err != nil {
		return err
	}
	switch {
	case m.Op == opHello:
		return f.identify(ctx, m.D)
	case m.Op == opHeartbeat:
		return f.send(opHeartbeat, nil)
	case m.Op == opDispatch && m.T == "READY":
		_, err := f.call(ctx, http.MethodPut, f.rest+"/applications/"+f.app+"/commands", "Bot "+f.token, []map[string]any{{
			"name": "play", "type": 1, "description": "Play something",
			"options": []map[string]any{{"type": 3, "name": "query", "description": "What to play", "required": true}},
		}})
		return err
	case m.Op == opDispatch && m.T == "INTERACTION_CREATE":
		var in interaction
		if err := json.Unmarshal(m.D, &in); err != nil {
			return err
		}
		go func() {
			if err := f.play(ctx, in); err != nil && ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, "floor:", err)
			}
		}()
	}
	return nil
}

func (f *floor) identify(ctx context.Context, hello json.RawMessage) error {
	var h struct {
		Interval int `json:"heartbeat_interval"`
	}
	if err := json.Unmarshal(hello, &h); err != nil || h.Interval <= 0 {
		return fmt.Errorf("HELLO names no interval: %w", err)
	}
	go func() {
		t := time.NewTicker(time.Duration(h.Interval) * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				if f.send(opHeartbeat, nil) != nil {
					return // the reader sees it too
				}
			}
		}
	}()
	return f.send(opIdentify, map[string]any{
		"token": f.token, "intents": 1, "properties": map[string]any{"os": "linux", "browser": "floor", "device": "floor"},
	})
}
