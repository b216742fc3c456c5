// Package i18n holds the sentences that people read, in English and Spanish.
//
// A sentence is a message with an ID, kept in a catalog file per language. The
// catalogs know no surface: they contain no markup, and what a surface writes
// in its own way (a link, a mention of a channel) enters as an argument that the
// surface has already made safe. An argument that is the empty string is one
// that is not known; the catalogs have words for that where it can happen.
package i18n
