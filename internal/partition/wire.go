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
	m := head(d)
	m.Data = raw
	return m, nil
}

// carried is a delivery that is written only where it leaves the process.
type carried struct{ d Delivery }

// Encode implements bus.Value.
func (c carried) Encode() ([]byte, error) {
	m, err := Encode(c.d)
	return m.Data, err
}

// Carry returns a delivery for a bus that may hand it over as it is. Whoever
// carries it may not write to what it holds any more. Errors: Invalid for an
// input that says nothing.
func Carry(d Delivery) (bus.Message, error) {
	if d.Input.Body == nil {
		return bus.Message{}, fault.New(fault.Invalid, "partition.Carry", "the input says nothing")
	}
	m := head(d)
	m.Value = carried{d}
	return m, nil
}

// head is what stands around a delivery.
func head(d Delivery) bus.Message {
	return bus.Message{
		Key: string(d.Input.Guild), Kind: inputKind, Trace: d.Input.Trace,
		Source: d.Origin.Source, Generation: d.Origin.Generation, Number: d.Origin.Number,
	}
}

// Decode reads what Encode wrote, or takes what Carry carried. Errors: Invalid.
func Decode(m bus.Message) (Delivery, error) {
	if m.Kind != inputKind {
		return Delivery{}, fault.New(fault.Invalid, "partition.Decode", "the message is no input")
	}
	if c, ok := m.Value.(carried); ok {
		return c.d, nil
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
