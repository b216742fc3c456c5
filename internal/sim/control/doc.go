// Package control is the remote control of a sandbox: an HTTP API by which one
// types commands, presses buttons, walks through voice channels and breaks
// things in the simulated worlds, and its Go client.
//
// GET /stream tells what changes, as Server-Sent Events: message, voice, world,
// players and faults.
//
// It is for loopback only. A request needs a loopback Host header and the
// header X-Sandbox, which no page of another origin can send unasked. The sounds
// and the pictures of tracks need no header, because an img cannot send one.
package control
