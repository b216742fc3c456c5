// Package discord is the adapter to Discord: one [Conn] for each shard of a
// bot, and a [REST] client for what is asked and answered over HTTP. It
// translates between Discord's words and those of core/music and decides nothing.
//
// # Why the connection is our own
//
// The payload types, opcodes, close codes and the REST client are disgo's
// (v0.19.6). Its gateway client is not used: it identifies anew after op 7 and
// after a cut in the wrong moment, which takes the bot out of every voice
// channel; a payload that it cannot decode ends the connection and comes again
// with each resume; one that makes it panic ends the process, since the panic
// is on its own goroutine; and it changes its sequence before a handler ran.
//
// # What a restart keeps
//
// A Conn numbers what it hands over by [Position]: Discord's session and the
// sequence in it. The role acknowledges a position with [Conn.Ack] once
// everything up to it is durable, and stores what [Conn.Checkpoint] returns in
// one transaction. A successor built from that RESUMEs and gets again all that
// was not acknowledged; input ids are made of bot, shard, session and sequence,
// so what arrives twice is known.
//
// The cache of guilds runs ahead of the acknowledged sequence, and a snapshot
// may therefore be newer than the sequence stored beside it, never older. That
// is sound because each gateway event says how something is now, never how it
// changed: applying once more the events between the sequence and the snapshot
// ends in the same state. Inputs depend on the event and not on what the cache
// held before, so a replay produces the same inputs too.
//
// # Order and blocking
//
// The goroutine that reads the socket only puts events into a bounded queue.
// Another one applies them to the cache and calls the [Handler], in the order
// of the gateway. Where the queue is full the connection is dropped, without
// ending the session, and resumed from the last event that was queued once the
// queue is half empty: a slow handler costs latency, never an event.
//
// # What the network does
//
// A connection that is lost is resumed. Where that takes more than 20 s, or will
// not happen without somebody's help, the handler is told for each guild that
// the bot is away, and with the next READY or RESUMED that it is back; these
// inputs follow from no event and have names of their own.
//
// The gateway is asked for a compressed stream. It saves some nine tenths of the
// bytes for a few microseconds a message; what it may unpack to is bounded, and a
// gateway that cannot compress is talked to without.
//
// # Stages
//
// On a stage channel a bot begins in the audience. It makes itself a speaker
// where it may, and asks to speak otherwise: once for each stay, a few times
// where it is sent back, and with pauses while Discord fails.
package discord
