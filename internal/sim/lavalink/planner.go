package lavalink

import (
	"encoding/json"
	"math/big"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// maxFailing bounds the addresses that a planner remembers; the oldest go first.
const maxFailing = 1000

// planner is a RotatingIpRoutePlanner: it goes on to the next address of its
// block whenever a load fails. A nil planner is one that the node lacks.
type planner struct {
	block netip.Prefix

	mu      sync.Mutex
	current netip.Addr
	index   int
	failing []failing
}

type failing struct {
	Address   string `json:"failingAddress"`
	Timestamp int64  `json:"failingTimestamp"`
	Time      string `json:"failingTime"`
}

func newPlanner(block string) (*planner, error) {
	if block == "" {
		return nil, nil //nolint:nilnil // a node without a planner is an ordinary node
	}
	p, err := netip.ParsePrefix(block)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "lavalink.New", "the IP block is none").WithHint("as 2001:db8::/64")
	}
	p = p.Masked()
	return &planner{block: p, current: p.Addr()}, nil
}

// fail notes that a load from the current address failed and takes the next.
func (p *planner) fail(now time.Time) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.failing) >= maxFailing {
		p.failing = slices.Delete(p.failing, 0, 1)
	}
	p.failing = append(p.failing, failing{"/" + p.current.String(), now.UnixMilli(), now.UTC().Format(time.UnixDate)})
	p.index++
	if p.current = p.current.Next(); !p.block.Contains(p.current) {
		p.current, p.index = p.block.Addr(), 0
	}
}

func (p *planner) status() any {
	p.mu.Lock()
	defer p.mu.Unlock()
	kind, bits := "Inet4Address", 32
	if p.block.Addr().Is6() {
		kind, bits = "Inet6Address", 128
	}
	size := new(big.Int).Lsh(big.NewInt(1), uint(bits-p.block.Bits()))
	return map[string]any{
		"class": "RotatingIpRoutePlanner",
		"details": map[string]any{
			"ipBlock": map[string]any{"type": kind, "size": size.String()}, "failingAddresses": append([]failing{}, p.failing...),
			"rotateIndex": big.NewInt(int64(p.index)).String(), "ipIndex": big.NewInt(int64(p.index)).String(),
			"currentAddress": "/" + p.current.String(),
		},
	}
}

// free forgets one failing address, or all.
func (p *planner) free(of func(failing) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failing = slices.DeleteFunc(p.failing, of)
}

// plannerStatus answers 204 where there is no planner, as the server does.
func (n *Node) plannerStatus(*http.Request) (reply, error) {
	if n.planner == nil {
		return reply{}, nil
	}
	return reply{body: n.planner.status()}, nil
}

func (n *Node) freeAddress(r *http.Request) (reply, error) {
	if n.planner == nil {
		return reply{}, errNoPlanner()
	}
	body, err := readBody(r, MaxBody)
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Address string `json:"address"`
	}
	addr := netip.Addr{}
	if json.Unmarshal(body, &in) == nil {
		addr, err = netip.ParseAddr(in.Address)
	}
	if err != nil || !addr.IsValid() {
		return reply{}, refuse(http.StatusBadRequest, "address must be an IP address")
	}
	n.planner.free(func(f failing) bool { return f.Address == "/"+addr.String() })
	return reply{}, nil
}

func (n *Node) freeAll(*http.Request) (reply, error) {
	if n.planner == nil {
		return reply{}, errNoPlanner()
	}
	n.planner.free(func(failing) bool { return true })
	return reply{}, nil
}

func errNoPlanner() error {
	return refuse(http.StatusInternalServerError, "Can't access disabled route planner")
}
