package testenv

// Binaries is binaries, for tests.
var Binaries = binaries
