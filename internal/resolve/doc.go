// Package resolve turns what a member asked for into tracks: words become a
// search, an address passes the [Policy] first, and a node loads the result.
//
// A [Resolver] keeps answers for a few minutes, asks once for what many ask at
// the same time, and stops asking a source that is in trouble for a while. It
// never returns an error: what went wrong is a music.ResolveFailure, which the
// guild reacts to.
//
// # What the policy can promise
//
// The policy judges an address before a node is asked to load it: its form, its
// port, its host and every address that the host resolves to here and now. But
// it is the node that dials. It resolves the name once more, and it follows
// redirects; so a name that changes its mind, or a public server that redirects
// to a private one, is beyond what can be seen here. The node's own egress rules
// have to back the policy: a node must not be able to reach networks that its
// members must not reach.
package resolve
