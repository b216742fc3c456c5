// Package page is the sandbox as a page of the browser: a channel in which one
// types commands, voice channels that one joins and leaves, what the simulated
// nodes play as sound, and a drawer of faults. It is HTML, CSS and JavaScript of
// our own, served as it is, and a way of the same origin to the control API of
// the simulators.
package page
