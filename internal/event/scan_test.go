package event_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/fault"
)

// needed has every required attribute and nothing else; more stands for what a
// case adds before the end.
func needed(more string) string {
	return `{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-01-31T12:00:00Z",` +
		`"dataschema":"urn:x:1","partitionkey":"k","data":{}` + more + `}`
}

func TestScanTolerates(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want func(event.Header) bool
	}{
		"only what is required": {needed(""), func(h event.Header) bool { return string(h.Data) == "{}" && h.Subject == nil }},
		"another order and white space": {
			" \n{ \"data\" : [ 1 , {\"data\":2} ] ,\t\"partitionkey\":\"k\",\"dataschema\":\"d\",\"time\":\"2026-01-31T12:00:00.5+02:00\"," +
				"\"type\":\"t\",\"source\":\"s\",\"id\":\"i\",\"specversion\":\"1.0\" } \r\n",
			func(h event.Header) bool {
				return string(h.Data) == `[ 1 , {"data":2} ]` && h.Time.Equal(time.Date(2026, 1, 31, 10, 0, 0, 5e8, time.UTC))
			},
		},
		"escapes in values":              {needed(`,"subject":"a\"\u00e9\ud83c\udfb5\/\n"`), func(h event.Header) bool { return string(h.Subject) == "a\"é🎵/\n" }},
		"escapes in names":               {needed(`,"sub\u006aect":"x"`), func(h event.Header) bool { return string(h.Subject) == "x" }},
		"half a surrogate pair":          {needed(`,"subject":"\ud83cA\udfb5\ud83c\u0041"`), func(h event.Header) bool { return string(h.Subject) == "\ufffdA\ufffd\ufffdA" }},
		"unknown attributes":             {needed(`,"x":{"a":[1,-0.5e+3,true,false,null,{"id":"no"}],"b":"\\"},"y":12,"z":""`), func(h event.Header) bool { return string(h.ID) == "1" }},
		"an unknown one twice":           {needed(`,"x":1,"x":2`), func(h event.Header) bool { return true }},
		"null is absent":                 {needed(`,"subject":null,"datacontenttype":null`), func(h event.Header) bool { return h.Subject == nil }},
		"empty is absent":                {needed(`,"tenantid":""`), func(h event.Header) bool { return len(h.TenantID) == 0 }},
		"a content type with parameters": {needed(`,"datacontenttype":"application/json; charset=utf-8"`), func(h event.Header) bool { return true }},
		"names are exact":                {needed(`,"ID":"2","Data":7`), func(h event.Header) bool { return string(h.ID) == "1" && string(h.Data) == "{}" }},
		"all of ours": {needed(`,"subject":"a","traceparent":"b","tenantid":"c","causationid":"d","replayid":"e","sequence":"f"`), func(h event.Header) bool {
			return fmt.Sprintf("%s%s%s%s%s%s", h.Subject, h.TraceParent, h.TenantID, h.CausationID, h.ReplayID, h.Sequence) == "abcdef"
		}},
		"as deep as is allowed":                   {needed(`,"x":` + nested(event.MaxDepth)), func(h event.Header) bool { return true }},
		"an attribute as long as is allowed":      {needed(`,"subject":"` + strings.Repeat("x", event.MaxAttribute) + `"`), func(h event.Header) bool { return len(h.Subject) == event.MaxAttribute }},
		"an event as large as is allowed":         {needed(`,"x":"` + strings.Repeat("x", event.MaxEvent-len(needed(`,"x":""`))) + `"`), func(h event.Header) bool { return true }},
		"unknown values longer than an attribute": {needed(`,"x":"` + strings.Repeat("é", event.MaxAttribute) + `"`), func(h event.Header) bool { return true }},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := event.Scan([]byte(c.raw))
			if err != nil {
				t.Fatal(err)
			}
			if !c.want(h) {
				t.Fatalf("wrong: %+v", h)
			}
		})
	}
}

func nested(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

func TestScanRefuses(t *testing.T) {
	cases := map[string]struct{ raw, want string }{
		"nothing":               {"", "the event is not well-formed"},
		"not an object":         {"[]", "the event is not well-formed"},
		"null":                  {"null", "the event is not well-formed"},
		"too large":             {needed(`,"x":"` + strings.Repeat("x", event.MaxEvent) + `"`), "larger than 1 MiB"},
		"invalid UTF-8":         {needed(`,"x":"` + "\xff" + `"`), "UTF-8"},
		"invalid UTF-8 in data": {strings.Replace(needed(""), "{}", "\"\xc3\"", 1), "UTF-8"},
		"cut short":             {strings.TrimSuffix(needed(""), "}"), "attribute data is not followed by"},
		"a comma too many":      {needed(","), "the name of an attribute"},
		"something behind":      {needed("") + "x", "what follows the event"},
		"two events":            {needed("") + needed(""), "what follows the event"},
		"no colon":              {needed(`,"subject" "x"`), "attribute subject is not followed by a value"},
		"a name without quotes": {needed(`,subject:"x"`), "the name of an attribute"},
		"a number for a string": {strings.Replace(needed(""), `"id":"1"`, `"id":1`, 1), "attribute id must be a string"},
		"a wrong escape":        {needed(`,"subject":"\x"`), "attribute subject is not a well-formed"},
		"a short unicode":       {needed(`,"subject":"\u12"`), "attribute subject is not a well-formed"},
		"an escape at the end":  {needed(`,"subject":"\`)[:len(needed(""))+11], "attribute subject is not a well-formed"},
		"a control character":   {needed(`,"subject":"` + "\n" + `"`), "attribute subject is not a well-formed"},
		"an open string":        {needed(`,"subject":"abc`), "attribute subject is not a well-formed"},
		"another specversion":   {strings.Replace(needed(""), `"1.0"`, `"0.3"`, 1), "attribute specversion must be 1.0"},
		"another content type":  {needed(`,"datacontenttype":"text/xml"`), "attribute datacontenttype must be application/json"},
		"a time without zone":   {strings.Replace(needed(""), "00:00Z", "00:00", 1), "attribute time must be a time"},
		"a day that is not":     {strings.Replace(needed(""), "01-31", "02-31", 1), "attribute time must be a time"},
		"binary data":           {needed(`,"data_base64":"AA=="`), "attribute data_base64 is not supported"},
		"a long attribute":      {needed(`,"subject":"` + strings.Repeat("x", event.MaxAttribute+1) + `"`), "attribute subject is longer"},
		"too deep":              {needed(`,"x":` + nested(event.MaxDepth+1)), "an extension attribute"},
		"data too deep":         {strings.Replace(needed(""), "{}", nested(event.MaxDepth+1), 1), "attribute data is"},
		"very deep":             {needed(`,"x":` + strings.Repeat("[", 500_000)), "an extension attribute"},
		"data null":             {strings.Replace(needed(""), "{}", "null", 1), "attribute data is missing"},
		"id null":               {strings.Replace(needed(""), `"id":"1"`, `"id":null`, 1), "attribute id is missing"},
		"id empty":              {strings.Replace(needed(""), `"id":"1"`, `"id":""`, 1), "attribute id is missing"},
		"id twice by an escape": {needed(`,"\u0069d":"2"`), "attribute id is there twice"},
		"null, then a value":    {strings.Replace(needed(""), `"id":"1"`, `"id":null,"id":"1"`, 1), "attribute id is there twice"},
	}
	for _, bad := range []string{
		"01", "-", "1.", ".5", "1e", "1e+", "+1", "tru", "nul", "NaN", "{1:2}", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, "[1,]", "[,]", "[1 2]", "[", "{", `"`, `{"a":1`, "",
	} {
		cases["data "+bad] = struct{ raw, want string }{strings.Replace(needed(""), "{}", bad, 1), "attribute data is"}
		cases["extension "+bad] = struct{ raw, want string }{needed(`,"x":` + bad), "an extension attribute is"}
	}
	for _, name := range []string{"specversion", "id", "source", "type", "time", "dataschema", "partitionkey", "data"} {
		whole := needed("")
		start := strings.Index(whole, `"`+name+`":`)
		end := start + strings.IndexAny(whole[start:], ",}")
		if name == "data" {
			start, end = start-1, end+1
		} else {
			end++
		}
		cases["without "+name] = struct{ raw, want string }{whole[:start] + whole[end:], "attribute " + name + " is missing"}
		cases["twice "+name] = struct{ raw, want string }{needed(`,"` + name + `":"1.0"`), "attribute " + name + " is there twice"}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h, err := event.Scan([]byte(c.raw))
			if !errors.Is(err, fault.Of(fault.Invalid)) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if h.ID != nil || h.Data != nil {
				t.Fatal("a refused event must give nothing")
			}
		})
	}
}

func TestErrorsShowNothingOfTheEvent(t *testing.T) {
	_, err := event.Scan([]byte(strings.Replace(needed(""), `"time":"2026`, `"time":"hunter2`, 1)))
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Fatalf("got %v", err)
	}
}

func TestEnvelopeDoesNotShareBytes(t *testing.T) {
	e := sample()
	raw := event.AppendEncode(nil, &e)
	h, err := event.Scan(raw)
	if err != nil {
		t.Fatal(err)
	}
	got := h.Envelope()
	clear(raw)
	if string(got.Data) != string(e.Data) || got.ID != e.ID || got.Type != e.Type {
		t.Fatalf("the copy changed with the bytes: %+v", got)
	}
}

func TestFieldsCannotGrowIntoTheEvent(t *testing.T) {
	raw := []byte(needed(""))
	before := string(raw)
	h, err := event.Scan(raw)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = append(h.ID, "xxxx"...), append(h.Data, "xxxx"...)
	if string(raw) != before {
		t.Fatal("appending to a field wrote into the event")
	}
}
