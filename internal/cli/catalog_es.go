package cli

// spanish is the catalog of help and messages, by their English text. It is a
// function so that a run in English does not build it.
func spanish() map[string]string { return map[string]string{} }
