package sqlstore

import "context"

// anyRows is the want of a statement that may affect any number of rows.
const anyRows = -1

// statement is one SQL text with its arguments and what must come of it.
type statement struct {
	text string
	args []any
	// want is how many rows must be affected, anyRows for no matter how many.
	want int64
	// miss is returned where want is not met, or where row is set and there is none.
	miss error
	// row is where the one row that the statement returns is read to.
	row []any
	// affected is told how many rows were, where it is not nil.
	affected *int64
}

// counted compares how many rows were affected with how many had to be.
func (s *statement) counted(n int64) error {
	if s.affected != nil {
		*s.affected = n
	}
	if s.want != anyRows && n != s.want {
		return s.miss
	}
	return nil
}

// write is one caller's change. Either plan or statements is set.
type write struct {
	plan       *plan
	statements []statement
}

// writer carries out writes, each in one transaction that several may share.
type writer interface {
	// write returns a fault: the statement's own miss, or Invalid, Unavailable
	// or Unknown as store.Committer says.
	write(ctx context.Context, op string, w *write) error
	close() error
}
