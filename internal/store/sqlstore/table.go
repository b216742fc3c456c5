package sqlstore

import (
	"strconv"
	"strings"
	"sync"
)

// maxRows is how many rows one statement has at most. Twelve columns of them
// stay far below what either engine takes as parameters.
const maxRows = 128

// table is a statement that takes any number of rows.
type table struct {
	// head stands before the rows, tail behind them.
	head, tail string
	// row is one row with ? for each argument.
	row string
	// exact says that each row must be affected.
	exact bool
	// fixed is how many arguments the head has.
	fixed int

	columns int
	texts   func(n int) string
}

func newTable(head, row, tail string, exact bool) *table {
	t := &table{head: head, row: row, tail: tail, exact: exact, columns: strings.Count(row, "?")}
	var known sync.Map
	t.texts = func(n int) string {
		if s, ok := known.Load(n); ok {
			return s.(string) //nolint:forcetypeassert // only strings are stored
		}
		s := t.build(n)
		known.Store(n, s)
		return s
	}
	return t
}

func (t *table) build(n int) string {
	var b strings.Builder
	b.WriteString(t.head)
	arg := t.fixed
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		for _, c := range []byte(t.row) {
			if c != '?' {
				b.WriteByte(c)
				continue
			}
			arg++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(arg))
		}
	}
	b.WriteString(t.tail)
	return b.String()
}

// statements splits rows into statements whose numbers of rows are powers of
// two, so that few different texts are ever prepared.
func (t *table) statements(to []statement, args []any, miss error) []statement {
	for n := len(args) / t.columns; n > 0; {
		size := maxRows
		for size > n {
			size >>= 1
		}
		st := statement{text: t.texts(size), args: args[:size*t.columns], want: anyRows, miss: miss}
		if t.exact {
			st.want = int64(size)
		}
		to = append(to, st)
		args = args[size*t.columns:]
		n -= size
	}
	return to
}

// in is a list of n parameters that starts with the from-th. Lists are longer
// than asked for, up to the next power of four, and filled by repeating.
func in[T any](from int, values []T) (list string, args []any) {
	size := 1
	for size < len(values) {
		size *= 4
	}
	var b strings.Builder
	args = make([]any, size)
	for i := range size {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
		args[i] = values[min(i, len(values)-1)]
	}
	return b.String(), args
}
