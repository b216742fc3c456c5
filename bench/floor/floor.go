package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

type floor struct {
	rest, node, token, password string
	app                         string
	http                        *http.Client
	session                     string

	writing sync.Mutex // of the gateway's socket
	gateway *websocket.Conn
}

func newFloor(rest, node, token, password string) *floor {
	first, _, _ := strings.Cut(token, ".")
	app, _ := base64.RawStdEncoding.DecodeString(first) // a token that is none is refused at IDENTIFY
	return &floor{
		rest: rest, node: "http://" + node, token: token, password: password, app: string(app),
		http: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256}},
	}
}

// call sends one request and reads the answer.
func (f *floor) call(ctx context.Context, method, to, auth string, body any) ([]byte, error) {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	res, err := f.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err == nil && res.StatusCode >= http.StatusBadRequest {
		return nil, fmt.Errorf("%s answers %s", method, res.Status) // the address may hold a token
	}
	return got, err
}

// interaction is what is read of an INTERACTION_CREATE.
type interaction struct {
	ID    string `json:"id"`
	Token string `json:"token"`
	Guild string `json:"guild_id"`
	Data  struct {
		Name    string `json:"name"`
		Options []struct {
			Value string `json:"value"`
		} `json:"options"`
	} `json:"data"`
}

// play exchanges what a /play needs.
func (f *floor) play(ctx context.Context, in interaction) error {
	if len(in.Data.Options) == 0 {
		return fmt.Errorf("/%s came without a query", in.Data.Name)
	}
	deferred := make(chan error, 1)
	go func() {
		_, err := f.call(ctx, http.MethodPost, f.rest+"/interactions/"+in.ID+"/"+in.Token+"/callback", "", map[string]any{"type": 5})
		deferred <- err
	}()
	encoded, err := f.load(ctx, "ytsearch:"+in.Data.Options[0].Value)
	if err == nil {
		_, err = f.call(ctx, http.MethodPatch, f.node+"/v4/sessions/"+f.session+"/players/"+in.Guild, f.password,
			map[string]any{"track": map[string]any{"encoded": encoded}})
	}
	if derr := <-deferred; derr != nil {
		return derr
	}
	if err != nil {
		return err
	}
	_, err = f.call(ctx, http.MethodPatch, f.rest+"/webhooks/"+f.app+"/"+in.Token+"/messages/@original", "", map[string]any{"content": "Playing."})
	return err
}

// load returns the first track that was found.
func (f *floor) load(ctx context.Context, identifier string) (string, error) {
	raw, err := f.call(ctx, http.MethodGet, f.node+"/v4/loadtracks?identifier="+url.QueryEscape(identifier), f.password, nil)
	if err != nil {
		return "", err
	}
	var found struct {
		Data []struct {
			Encoded string `json:"encoded"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &found); err != nil {
		return "", err
	}
	if len(found.Data) == 0 {
		return "", fmt.Errorf("nothing was found for %q", identifier)
	}
	return found.Data[0].Encoded, nil
}
