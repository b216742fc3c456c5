package partition

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// Stream names the stream of a partition's inputs.
func Stream(partition int) string { return "partition." + strconv.Itoa(partition) }

const inputKind = "music.input"

type wireDelivery struct {
	Input   music.Input `json:"input"`
	Expires time.Time   `json:"expires,omitzero"`
}

// Encode returns a delivery as a bus carries it. Errors: Invalid.
func Encode(d Delivery) (bus.Message, error) {
	raw, err := json.Marshal(wireDelivery{Input: d.Input, Expires: d.Expires})
	if err != nil {
		return bus.Message{}, fault.Wrap(err, fault.Invalid, "partition.Encode", "the input cannot be written")
	}
	return bus.Message{
		Key: string(d.Input.Guild), Kind: inputKind, Data: raw, Trace: d.Input.Trace,
		Source: d.Origin.Source, Generation: d.Origin.Generation, Number: d.Origin.Number,
	}, nil
}

// Decode reads what Encode wrote. Errors: Invalid.
func Decode(m bus.Message) (Delivery, error) {
	if m.Kind != inputKind {
		return Delivery{}, fault.New(fault.Invalid, "partition.Decode", "the message is no input")
	}
	var w wireDelivery
	if err := json.Unmarshal(m.Data, &w); err != nil {
		return Delivery{}, fault.Wrap(err, fault.Invalid, "partition.Decode", "the input cannot be read")
	}
	return Delivery{
		Input: w.Input, Expires: w.Expires,
		Origin: Origin{Source: m.Source, Generation: m.Generation, Number: m.Number},
	}, nil
}
