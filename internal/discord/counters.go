package discord

import "sync/atomic"

// Counters says what a connection has done since it was made.
type Counters struct {
	Dials      int64 // sockets that were opened or tried
	Identifies int64 // IDENTIFYs sent
	Resumes    int64 // RESUMEs that Discord confirmed
	Reconnects int64 // connections after the first one
	Events     int64 // dispatches received
	Overflows  int64 // connections given up because the queue was full
	Dropped    int64 // events that could not be read
	Panics     int64 // handler calls that ended in a panic
	Sends      int64 // messages written to the socket, heartbeats included
	Zombies    int64 // connections that stopped answering heartbeats
	Received   int64 // bytes of messages on the socket
	Unpacked   int64 // the same bytes without compression
}

type counters struct {
	dials, identifies, resumes, reconnects, events, overflows, dropped, panics, sends, zombies, received, unpacked atomic.Int64
}

func (c *counters) read() Counters {
	return Counters{
		Dials: c.dials.Load(), Identifies: c.identifies.Load(), Resumes: c.resumes.Load(),
		Reconnects: c.reconnects.Load(), Events: c.events.Load(), Overflows: c.overflows.Load(),
		Dropped: c.dropped.Load(), Panics: c.panics.Load(), Sends: c.sends.Load(), Zombies: c.zombies.Load(),
		Received: c.received.Load(), Unpacked: c.unpacked.Load(),
	}
}
