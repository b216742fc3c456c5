package music

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/atrilhq/platform/internal/fault"
)

// MaxInput is the largest encoded input that is read, in bytes. A snapshot of a
// guild with thousands of people in voice fits.
const MaxInput = 8 << 20

var (
	bodies = table[Body](
		Body.kind,
		Command{}, Loaded{}, Resolved{}, VoiceState{}, VoiceServer{}, VoiceSnapshot{}, BotPresent{}, BotRemoved{},
		ChannelGone{}, Placed{}, NodeUp{}, NodeDown{}, NodeSnapshot{}, PlayStarted{}, PlayPosition{}, PlayEnded{},
		PlayException{}, PlayStuck{}, VoiceClosed{}, EntitlementsChanged{}, Tick{}, BotAway{},
	)
	actions = table[Action](
		Action.action,
		Enqueue{}, Pause{}, Resume{}, Skip{}, Stop{}, Leave{}, Join{}, ShowQueue{}, ShowNowPlaying{}, SetVolume{},
		SkipTo{}, Previous{}, Seek{}, SeekBy{}, Replay{}, Remove{}, Move{}, Swap{}, Shuffle{}, Clear{}, SetLoop{},
		ShowHistory{}, Grab{}, Search{}, ShowBots{}, ShowSettings{}, ChangeSettings{},
	)
)

func table[T any](name func(T) string, all ...T) map[string]reflect.Type {
	m := make(map[string]reflect.Type, len(all))
	for _, v := range all {
		m[name(v)] = reflect.TypeOf(v)
	}
	return m
}

func decodeAs[T any](m map[string]reflect.Type, name string, raw []byte) (T, error) {
	var none T
	t, ok := m[name]
	if !ok {
		return none, fault.New(fault.Invalid, "music.decode", "there is no input of that kind")
	}
	v := reflect.New(t)
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	if err := json.Unmarshal(raw, v.Interface()); err != nil {
		return none, fault.Wrap(err, fault.Invalid, "music.decode", "the input cannot be read")
	}
	out, ok := reflect.TypeAssert[T](v.Elem())
	if !ok {
		return none, fault.New(fault.Internal, "music.decode", "the table of inputs is wrong")
	}
	return out, nil
}

type wireInput struct {
	ID    string          `json:"id"`
	Guild GuildID         `json:"guild"`
	Trace string          `json:"trace,omitempty"`
	Kind  string          `json:"kind"`
	Body  json.RawMessage `json:"body,omitempty"`
}

// MarshalJSON writes the input as the bus and dead letters carry it.
func (in Input) MarshalJSON() ([]byte, error) {
	if in.Body == nil {
		return nil, fault.New(fault.Invalid, "music.Input", "an input without a body")
	}
	raw, err := json.Marshal(in.Body)
	if err != nil {
		return nil, err
	}
	return json.Marshal(wireInput{ID: in.ID, Guild: in.Guild, Trace: in.Trace, Kind: in.Kind(), Body: raw})
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns fault.Invalid for a
// kind that this version does not know.
func (in *Input) UnmarshalJSON(raw []byte) error {
	if len(raw) > MaxInput {
		return fault.New(fault.Invalid, "music.Input", "the input is too large")
	}
	var w wireInput
	if err := json.Unmarshal(raw, &w); err != nil {
		return fault.Wrap(err, fault.Invalid, "music.Input", "the input cannot be read")
	}
	if w.ID == "" || w.Guild == "" {
		return fault.New(fault.Invalid, "music.Input", "an input needs an id and a guild")
	}
	body, err := decodeAs[Body](bodies, w.Kind, w.Body)
	if err != nil {
		return err
	}
	*in = Input{ID: w.ID, Guild: w.Guild, Trace: w.Trace, Body: body}
	return nil
}

type wireCommand struct {
	commandFields

	Action string          `json:"action"`
	Args   json.RawMessage `json:"args,omitempty"`
}

type commandFields Command

// MarshalJSON writes the command with the name and the arguments of its action.
func (c Command) MarshalJSON() ([]byte, error) {
	if c.Do == nil {
		return nil, fault.New(fault.Invalid, "music.Command", "a command without an action")
	}
	args, err := json.Marshal(c.Do)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(args, []byte("{}")) {
		args = nil
	}
	return json.Marshal(wireCommand{commandFields: commandFields(c), Action: c.Do.action(), Args: args})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Command) UnmarshalJSON(raw []byte) error {
	var w wireCommand
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	do, err := decodeAs[Action](actions, w.Action, w.Args)
	if err != nil {
		return err
	}
	*c = Command(w.commandFields)
	c.Do = do
	return nil
}
