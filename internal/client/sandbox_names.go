package client

import (
	"context"
	"net/http"
)

// Names returns what mentions of the sandbox's world stand for: "<@7>" is
// "@ana", "<#8>" is "#general".
func (s *Sandbox) Names(ctx context.Context) (map[string]string, error) {
	type named struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	var world struct {
		Users []named `json:"users"`
		Bots  []struct {
			named

			Application string `json:"application_id"`
		} `json:"bots"`
		Guilds []struct {
			Channels []named `json:"channels"`
		} `json:"guilds"`
	}
	if err := s.call(ctx, "client.Names", http.MethodGet, "/world", nil, 0, &world); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, u := range world.Users {
		out["<@"+u.ID+">"] = "@" + u.Name
	}
	for _, b := range world.Bots {
		out["<@"+b.Application+">"] = "@" + b.Name
	}
	for _, g := range world.Guilds {
		for _, c := range g.Channels {
			out["<#"+c.ID+">"] = "#" + c.Name
		}
	}
	return out, nil
}
