package redis

// For tests.
var (
	Decode        = decode
	AppendMessage = appendMessage
)

// CodecVersion is codecVersion, for tests.
const CodecVersion = codecVersion
