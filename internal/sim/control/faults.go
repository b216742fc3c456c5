package control

import (
	"net/http"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func (c control) faults(r *http.Request) (any, error) {
	req, err := take[FaultRequest](r)
	if err != nil {
		return nil, err
	}
	if req.Discord == nil && req.Node == nil {
		return nil, fault.New(fault.Invalid, "control.Faults", "name a fault of discord or of a node")
	}
	if req.Discord != nil {
		if err := c.breakDiscord(*req.Discord); err != nil {
			return nil, err
		}
	}
	if req.Node != nil {
		return nil, c.breakNode(*req.Node)
	}
	return done{}, nil
}

func (c control) breakDiscord(f DiscordFault) error {
	w := c.World
	if f.Bot == "" {
		if v := w.View(); len(v.Bots) == 1 {
			f.Bot = v.Bots[0].ApplicationID
		}
	}
	var err error
	switch f.Kind {
	case FaultOp7:
		_, err = w.Reconnect(f.Bot)
	case FaultCut:
		_, err = w.CutGateway(f.Bot)
	case FaultInvalidSession:
		_, err = w.InvalidateSessions(f.Bot, f.Resumable)
	case FaultEndpointNull:
		err = w.VoiceServerDown(f.Guild, f.Bot)
	case FaultEndpointNew:
		err = w.VoiceServerUp(f.Guild, f.Bot)
	case FaultKickBot:
		err = w.LeaveVoice(f.Guild, f.Bot)
	case FaultMoveBot:
		err = w.JoinVoice(f.Guild, f.Bot, f.Channel)
	case FaultUserLimit:
		err = w.SetUserLimit(f.Guild, f.Channel, f.Limit)
	case FaultDenyConnect:
		err = w.SetOverwrite(f.Guild, f.Channel, f.Bot, 0, discord.PermConnect)
	case FaultDenySpeak:
		err = w.SetOverwrite(f.Guild, f.Channel, f.Bot, 0, discord.PermSpeak)
	case FaultAllowConnect, FaultAllowSpeak:
		err = w.SetOverwrite(f.Guild, f.Channel, f.Bot, 0, 0)
	case FaultDeleteChannel:
		err = w.DeleteChannel(f.Guild, f.Channel)
	default:
		err = fault.New(fault.Invalid, "control.Faults", "there is no such fault of discord").WithHint("known: " + strings.Join([]string{
			FaultOp7, FaultCut, FaultInvalidSession, FaultEndpointNull, FaultEndpointNew, FaultKickBot, FaultMoveBot,
			FaultUserLimit, FaultDenyConnect, FaultAllowConnect, FaultDenySpeak, FaultAllowSpeak, FaultDeleteChannel,
		}, ", "))
	}
	return err
}

func (c control) node(name string) (Node, error) {
	names := []string{}
	for _, n := range c.Nodes {
		if n.Name() == name {
			return n, nil
		}
		names = append(names, n.Name())
	}
	return nil, fault.New(fault.NotFound, "control.Node", "there is no such node").WithHint("known: " + strings.Join(names, ", "))
}

func (c control) breakNode(f NodeFault) error {
	n, err := c.node(f.Name)
	if err != nil {
		return err
	}
	switch f.Kind {
	case NodeDown, NodeUp:
		n.SetDown(f.Kind == NodeDown)
	case NodeCut:
		n.CutSockets()
	case NodeForget:
		n.ForgetSessions()
	default:
		return fault.New(fault.Invalid, "control.Faults", "a node's fault is down, up, cut or forget")
	}
	return nil
}

func (c control) ofNode(f func(Node) any) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		n, err := c.node(r.PathValue("name"))
		if err != nil {
			return nil, err
		}
		return f(n), nil
	}
}
