package discord

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// mediaCheck is an image, a thumbnail or the like of an embed.
var mediaCheck = object(fields{
	"url": null(webURL), "proxy_url": null(str(0, 2048)), "height": null(number), "width": null(number),
	"description": null(str(0, 4096)), "content_type": null(str(0, 100)), "flags": null(number),
})

var embedCheck = object(fields{
	"title": null(str(0, 256)), "type": null(str(0, 32)), "description": null(str(0, 4096)), "url": null(webURL),
	"timestamp": null(timestamp), "color": null(integer(0, 0xFFFFFF)), "flags": null(number),
	"footer": null(object(fields{"text!": str(0, 2048), "icon_url": null(webURL), "proxy_icon_url": null(str(0, 2048))})),
	"image":  null(mediaCheck), "thumbnail": null(mediaCheck), "video": null(mediaCheck),
	"provider": null(object(fields{"name": null(str(0, 256)), "url": null(str(0, 2048))})),
	"author": null(object(fields{
		"name!": str(0, 256), "url": null(webURL), "icon_url": null(webURL), "proxy_icon_url": null(str(0, 2048)),
	})),
	"fields": null(list(0, 25, object(fields{"name!": str(1, 256), "value!": str(1, 1024), "inline": null(boolean)}))),
})

// embedsCheck limits the text of all embeds of a message together.
func embedsCheck(v any, p *problems) {
	list(0, 10, embedCheck)(v, p)
	if n := embedText(v); p.empty() && n > 6000 {
		p.add("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
	}
}

// embedText counts the characters of titles, descriptions, fields, footers and authors.
func embedText(v any) int {
	n := 0
	switch t := v.(type) {
	case []any:
		for _, e := range t {
			n += embedText(e)
		}
	case map[string]any:
		for k, e := range t {
			if s, ok := e.(string); ok && slices.Contains([]string{"title", "description", "text", "name", "value"}, k) {
				n += utf8.RuneCountInString(s)
			} else if !ok {
				n += embedText(e)
			}
		}
	}
	return n
}

var mentionsCheck = object(fields{
	"parse": null(list(0, 3, func(v any, p *problems) {
		if s, _ := v.(string); !slices.Contains([]string{"users", "roles", "everyone"}, s) {
			p.add("BASE_TYPE_CHOICES", "Value must be one of ('users', 'roles', 'everyone').")
		}
	})),
	"users": null(list(0, 100, snowflakeID)), "roles": null(list(0, 100, snowflakeID)), "replied_user": null(boolean),
}, func(v any, p *problems) {
	m, _ := v.(map[string]any)
	parse, _ := m["parse"].([]any)
	for _, kind := range []string{"users", "roles"} {
		if ids, _ := m[kind].([]any); len(ids) > 0 && slices.Contains(parse, any(kind)) {
			p.add("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", `parse:["`+kind+`"] and `+kind+`: [ids...] are mutually exclusive.`)
		}
	}
})

// messageCheck checks the body of a message in any of the endpoints that take
// one. The fields are the union of what they take: libraries send for example
// tts with an edit, and Discord lets it pass.
func messageCheck(flags, have int) check {
	return object(fields{
		"content": null(str(0, 2000)), "tts": null(boolean), "embeds": null(embedsCheck),
		"components": null(func(any, *problems) {}), "allowed_mentions": null(mentionsCheck),
		"nonce": null(func(v any, p *problems) {
			if s, ok := v.(string); ok {
				str(0, 25)(s, p)
			} else {
				integer(0, 1<<62)(v, p)
			}
		}),
		"enforce_nonce": null(boolean), "username": null(str(0, 80)), "avatar_url": null(str(0, 2048)),
		"message_reference": null(object(fields{
			"message_id": null(snowflakeID), "channel_id": null(snowflakeID), "guild_id": null(snowflakeID),
			"fail_if_not_exists": null(boolean), "type": null(integer(0, 1)),
		})),
		"flags":       null(integer(0, 1<<40)),
		"attachments": null(list(0, 10, attachmentCheck)),
		"sticker_ids": null(list(0, 3, snowflakeID)), "thread_name": null(str(0, 100)), "applied_tags": null(list(0, 5, snowflakeID)),
		"poll": null(object(fields{})), "shared_client_theme": null(object(fields{})),
	}, func(v any, p *problems) {
		m, _ := v.(map[string]any)
		if f := intOf(m["flags"]); f&^flags != 0 {
			p.at("flags").add("BITFIELD_TYPE_CONVERT", "These flags may not be set here.")
		}
		if m["components"] != nil {
			componentsCheck((intOf(m["flags"])|have)&FlagComponentsV2 != 0)(m["components"], p.at("components"))
		}
		legacyCheck(m, have, p)
	})
}

// legacyCheck refuses the old fields of a message that is made of components
// V2 (https://discord.com/developers/docs/components/reference).
func legacyCheck(m map[string]any, have int, p *problems) {
	if (intOf(m["flags"])|have)&FlagComponentsV2 == 0 {
		return
	}
	for _, k := range []string{"content", "embeds", "poll", "sticker_ids"} {
		list, _ := m[k].([]any)
		if s, _ := m[k].(string); s != "" || len(list) > 0 {
			p.at(k).add("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'MessageFlags.IS_COMPONENTS_V2' flag is set and this field may not be used with it.")
		}
	}
}

// messageBody is a validated message as it was sent. A nil pointer is a field
// that was left out.
type messageBody struct {
	Content    *string         `json:"content"`
	Embeds     *[]any          `json:"embeds"`
	Components *[]any          `json:"components"`
	Flags      *int            `json:"flags"`
	TTS        bool            `json:"tts"`
	Nonce      any             `json:"nonce"`
	Enforce    bool            `json:"enforce_nonce"`
	Allowed    json.RawMessage `json:"allowed_mentions"`
	Reference  *struct {
		MessageID string `json:"message_id"`
		Fail      *bool  `json:"fail_if_not_exists"`
	} `json:"message_reference"`
	Attachments *[]struct {
		ID          json.Number `json:"id"`
		Filename    *string     `json:"filename"`
		Description *string     `json:"description"`
		Title       *string     `json:"title"`
	} `json:"attachments"`
	sent  map[string]any
	files []upload
}

// decodeMessage validates a body and decodes it. Only the given flags may be
// set; have are those of the message that is edited.
func decodeMessage(q *request, v any, flags, have int) (*messageBody, *apiError) {
	p := &problems{}
	messageCheck(flags, have)(v, p)
	if !p.empty() {
		return nil, errForm(p)
	}
	sent, ok := v.(map[string]any)
	b := &messageBody{sent: sent, files: q.files}
	if err := json.Unmarshal(mustJSON(v), b); !ok || err != nil {
		return nil, refuse(400, 50035, "Invalid Form Body")
	}
	return b, nil
}

// apply writes the fields that were sent into a message.
func (b *messageBody) apply(w *World, m *Message, everyone bool) *apiError {
	if _, ok := b.sent["content"]; ok {
		m.Content = ""
		if b.Content != nil {
			m.Content = *b.Content
		}
	}
	if _, ok := b.sent["embeds"]; ok {
		m.Embeds = nil
		if b.Embeds != nil {
			for _, e := range *b.Embeds {
				embed, ok := e.(map[string]any)
				if !ok {
					return refuse(400, 50035, "Invalid Form Body")
				}
				m.Embeds = append(m.Embeds, merge(embed, obj{"type": "rich"}))
			}
		}
	}
	if _, ok := b.sent["components"]; ok {
		m.Components = nil
		if b.Components != nil {
			next := 0
			m.Components = numbered(*b.Components, &next)
		}
	}
	if b.Flags != nil {
		m.Flags = m.Flags&(FlagEphemeral|FlagLoading|FlagComponentsV2) | *b.Flags
	}
	if _, ok := b.sent["allowed_mentions"]; ok || m.AllowedMentions == nil {
		m.AllowedMentions = b.Allowed
	}
	if e := b.attach(w, m); e != nil {
		return e
	}
	if m.Content == "" && len(m.Embeds) == 0 && len(m.Components) == 0 && len(m.Attachments) == 0 {
		return refuse(400, 50006, "Cannot send an empty message")
	}
	m.Mentioned = mentionsOf(m.Content, m.AllowedMentions, everyone)
	return nil
}
