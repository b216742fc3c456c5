package store

// Stage is a moment of a commit at which a test makes it fail. A store that can
// be tested so takes a function of a Stage among its options.
type Stage string

// The stages, in their order.
const (
	// StageBegin is before anything was sent. A failure is Unavailable.
	StageBegin Stage = "begin"
	// StageWrite is when all rows were written and COMMIT was not sent. A
	// failure is Unavailable and nothing stays.
	StageWrite Stage = "write"
	// StageCommit is when COMMIT is sent and does not arrive. A failure is
	// Unknown and nothing stays.
	StageCommit Stage = "commit"
	// StageAnswer is when the database has committed and its answer does not
	// arrive. A failure is Unknown and everything stays.
	StageAnswer Stage = "answer"
)
