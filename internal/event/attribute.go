package event

import "github.com/atrilhq/platform/internal/fault"

// attribute is a member of the event that the codec knows.
type attribute uint8

const (
	attrSpecVersion attribute = iota
	attrID
	attrSource
	attrType
	attrSubject
	attrTime
	attrDataContentType
	attrDataSchema
	attrTraceParent
	attrPartitionKey
	attrTenantID
	attrCausationID
	attrReplayID
	attrSequence
	attrData
	attrDataBase64
	attrUnknown
)

// required is the set of attributes that an event of ours cannot do without.
const required = 1<<attrSpecVersion | 1<<attrID | 1<<attrSource | 1<<attrType | 1<<attrTime |
	1<<attrDataSchema | 1<<attrPartitionKey | 1<<attrData

// String returns the name of the attribute as the event has it.
func (a attribute) String() string {
	return [...]string{
		"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema",
		"traceparent", "partitionkey", "tenantid", "causationid", "replayid", "sequence",
		"data", "data_base64", "an extension attribute",
	}[a]
}

// attributeOf returns which attribute a member's name is. Names are exact:
// CloudEvents has no other case than the lower one.
func attributeOf(name []byte) attribute {
	switch string(name) {
	case "specversion":
		return attrSpecVersion
	case "id":
		return attrID
	case "source":
		return attrSource
	case "type":
		return attrType
	case "subject":
		return attrSubject
	case "time":
		return attrTime
	case "datacontenttype":
		return attrDataContentType
	case "dataschema":
		return attrDataSchema
	case "traceparent":
		return attrTraceParent
	case "partitionkey":
		return attrPartitionKey
	case "tenantid":
		return attrTenantID
	case "causationid":
		return attrCausationID
	case "replayid":
		return attrReplayID
	case "sequence":
		return attrSequence
	case "data":
		return attrData
	case "data_base64":
		return attrDataBase64
	}
	return attrUnknown
}

// invalid is a failure that names an attribute. Values never enter it.
func invalid(op string, a attribute, what string) *fault.Error {
	subject := "the attribute " + a.String()
	if a == attrUnknown {
		subject = a.String()
	}
	return fault.New(fault.Invalid, op, subject+" "+what)
}

func missing(op string, a attribute) error {
	return invalid(op, a, "is missing").
		WithHint("every event has specversion, id, source, type, time, dataschema, partitionkey and data")
}

func tooLong(op string, a attribute) error {
	return invalid(op, a, "is longer than 1024 bytes").WithHint("put what is long into data")
}

func tooLarge(op string) error {
	return fault.New(fault.Invalid, op, "the event is larger than 1 MiB").
		WithHint("store what is large elsewhere and put its address into data")
}
