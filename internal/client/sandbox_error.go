package client

import (
	"encoding/json"
	"net/http"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
)

// refused makes a fault of what the control API says. The simulators do not
// know our problems, so only a message, a hint and the status are looked for.
func refused(op string, resp *http.Response, body []byte) error {
	var said struct {
		Code    fault.Code `json:"code"`
		Message string     `json:"message"`
		Detail  string     `json:"detail"`
		Error   string     `json:"error"`
		Hint    string     `json:"hint"`
	}
	_ = json.Unmarshal(body, &said)
	p := problem.Problem{Status: resp.StatusCode, Code: string(said.Code), Hint: said.Hint, Detail: "the simulators answered " + resp.Status}
	for _, text := range []string{said.Error, said.Detail, said.Message} {
		if text != "" {
			p.Detail = text
		}
	}
	return p.Fault(op)
}
