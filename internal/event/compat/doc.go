// Package compat compares the contract of an event with the one that was
// released and says which differences break somebody.
//
// A released contract is read from two sides. Readers that know only the old one
// get new events, so nothing that was always there may go and nothing may change
// its type. Events of the journal were written under the old one and are
// replayed to new readers, so nothing may become required or narrower. What is
// left is growing: new optional properties, wider bounds and more values of an
// enum, which every contract tells its readers to pass over. Everything else
// needs a new version beside the old one.
//
// A keyword that the package has no rule for may not change at all: what cannot
// be judged counts as breaking.
package compat
