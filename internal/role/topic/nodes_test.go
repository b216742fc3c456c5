package topic_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/topic"
)

func TestNodesAndQuestionsTravel(t *testing.T) {
	travels(t, topic.NodeChange{Node: "one", Drain: true})
	travels(t, topic.Question{ID: "1", Guild: "7", Query: "ocean", Limit: 25})
	travels(t, topic.Suggestions{ID: "1", Tracks: []music.Track{{Identifier: "a", Title: "A"}}, Failure: music.FailureLoad})
}
