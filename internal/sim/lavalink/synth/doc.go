// Package synth makes short loops of music out of nothing but a word: the same
// word and style always give the same sound, and another word another one.
//
// Every note is written into a ring, so that what rings on over the end of a
// loop is heard at its beginning, and what filters the whole ring is run until
// it has settled. A loop that is played over and over therefore has no seam.
package synth
