package lavalink

import (
	"net"
	"net/url"
	"strconv"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// Node says where a node is and how to be let in.
type Node struct {
	Name music.NodeName
	// Address is host:port.
	Address string
	// Secure is true for TLS (https and wss).
	Secure   bool
	Password secret.Text
	// Regions are where the node stands, as the names of Discord's voice servers
	// begin: "rotterdam", "us-east". Empty where that is not known.
	Regions []string
}

// Validate returns fault.Invalid with the reason for a node that cannot be used.
func (n Node) Validate() error {
	const op = "lavalink.Node"
	if n.Name == "" {
		return fault.New(fault.Invalid, op, "a node needs a name").WithHint("write lavalink nodes as name=host:port,password")
	}
	host, port, err := net.SplitHostPort(n.Address)
	if p, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || p == 0 || host == "" {
		return fault.Wrap(err, fault.Invalid, op, "the address of node "+string(n.Name)+" is not host:port").
			WithHint("give a host and a port between 1 and 65535, as in localhost:2333")
	}
	if n.Password.Empty() {
		return fault.New(fault.Invalid, op, "node "+string(n.Name)+" has no password").
			WithHint("set it to lavalink.server.password of the node's application.yml")
	}
	return nil
}

func (n Node) url(scheme string) url.URL {
	if n.Secure {
		scheme += "s"
	}
	return url.URL{Scheme: scheme, Host: n.Address}
}
