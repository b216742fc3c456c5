// Package discord is a simulator of Discord at the level of the wire: the
// gateway and the REST API, both version 10, over one World in memory.
//
// A bot speaks to it exactly as it speaks to Discord: with any library, over
// HTTP and WebSocket. The World validates what it is sent, keeps the rate
// limits, closes with the real codes and forgets nothing that Discord would
// remember. The people of the world are moved by methods: Send types a slash
// command, Click uses a button or a menu, SubmitModal sends a form back,
// JoinVoice walks into a voice channel; Look and Subscribe show what they see.
// What a bot did wrong is kept in Violations.
//
// The protocol facts come from https://discord.com/developers/docs (gateway,
// rate limits, interactions, opcodes and status codes) and from the OpenAPI
// document of the HTTP API. Where Discord is silent towards a client (a voice
// channel that is full, a missing permission to connect) this World is too.
//
// One lock guards the World. Nothing that waits for a peer happens under it:
// every connection has a bounded queue of its own, and one that overflows is
// closed and may resume.
package discord
