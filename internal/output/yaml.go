package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// yaml prints what JSON would print, with the same keys in the same order.
func (p *Printer) yaml(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return written(err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	node, err := yamlNode(dec)
	if err != nil {
		return written(err)
	}
	enc := yaml.NewEncoder(p.out)
	enc.SetIndent(2)
	if err := enc.Encode(node); err != nil {
		return written(err)
	}
	return written(enc.Close())
}

// yamlNode reads the next JSON value.
func yamlNode(dec *json.Decoder) (*yaml.Node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if t == '[' {
			n = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		}
		for dec.More() {
			child, err := yamlNode(dec)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		if len(n.Content) == 0 {
			n.Style = yaml.FlowStyle
		}
		_, err := dec.Token()
		return n, err
	case string:
		return yamlText(t)
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(t.String(), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: t.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(t)}, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}

// yamlText returns a text as it is best read: as it stands, as a block of lines,
// or in double quotes where a block or a bare word would be read as something else.
func yamlText(s string) (*yaml.Node, error) {
	if needsQuotes(s) {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}, nil
	}
	// Encode quotes what YAML 1.1 would read as something else, such as no.
	n := &yaml.Node{}
	return n, n.Encode(s)
}

// needsQuotes says whether only double quotes keep a text. What does not print,
// tabs and other line breaks than a line feed are seen where they are escaped,
// and YAML takes some of them for its own. A block of lines finds out its
// indentation from its first line, so white space before or instead of the
// first word would be taken for indentation, where a tab is an error.
func needsQuotes(s string) bool {
	for _, r := range s {
		if r != '\n' && !unicode.IsPrint(r) {
			return true
		}
	}
	first, _, block := strings.Cut(s, "\n")
	return block && (first == "" || first[0] == ' ')
}
