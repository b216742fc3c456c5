package lavalink

import "sync"

// queue hands values from one goroutine to another in order. Putting never
// blocks. It is unbounded unless limit is set, and counted.
type queue[T any] struct {
	limit int

	mu    sync.Mutex
	items []T
	done  bool
	wake  chan struct{}
}

func newQueue[T any](limit int) *queue[T] {
	return &queue[T]{limit: limit, wake: make(chan struct{}, 1)}
}

// put adds a value; false if the queue is full or ended.
func (q *queue[T]) put(v T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.done || q.limit > 0 && len(q.items) >= q.limit {
		return false
	}
	q.items = append(q.items, v)
	q.nudge()
	return true
}

// end says that nothing more comes.
func (q *queue[T]) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.done = true
	q.nudge()
}

func (q *queue[T]) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns everything that waits; ended once it will never return more.
// Where both are empty the caller waits for wake.
func (q *queue[T]) take() (items []T, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	items, q.items = q.items, nil
	return items, q.done && len(items) == 0
}

func (q *queue[T]) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}
