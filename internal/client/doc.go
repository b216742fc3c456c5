// Package client speaks the admin API for the command line and the console,
// through the admin socket or to an address. It is small by intent: the shapes
// are those of httpapi/view, and a test compares its requests with
// schema/openapi.yaml, so nothing is generated and nothing can drift.
//
// Every error is a fault with the daemon's own code, message and hint; one that
// came over HTTP is a *problem.Response with the name of the request.
package client
