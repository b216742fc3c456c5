// Package control is the remote control of a sandbox: an HTTP API by which one
// types commands, presses buttons, walks through voice channels and breaks
// things in the simulated worlds, and its Go client.
//
// It is for loopback only. A request needs a loopback Host header and the
// header X-Sandbox, which no page of another origin can send unasked.
package control
