package discord

import (
	"maps"
	"slices"
	"strconv"
)

// attachmentFields are those of an attachment that a request may name. The ones
// of a voice message and of a clip are taken and mean nothing here
// (https://discord.com/developers/docs/resources/message#attachment-object).
var attachmentFields = fields{
	"id!": snowflakeID, "filename": null(str(0, 1024)), "description": null(str(0, 1024)), "title": null(str(0, 1024)),
	"duration_secs": null(number), "waveform": null(str(0, 400)), "is_remix": null(boolean), "is_spoiler": null(boolean),
}

// attachmentCheck checks an entry of the list of attachments. What it does not
// know passes, as on Discord: an edit names the files that it keeps by sending
// back all that a library knows of them.
func attachmentCheck(v any, p *problems) {
	if m, ok := v.(map[string]any); ok {
		m = maps.Clone(m)
		maps.DeleteFunc(m, func(name string, _ any) bool { return name != "id" && attachmentFields[name] == nil })
		v = m
	}
	object(attachmentFields)(v, p)
}

// attach gives a message its files. The list of attachments names those that
// came with this request by the n of files[n] and those to keep by their id;
// without a list everything is kept and every file is added
// (https://discord.com/developers/docs/reference#editing-message-attachments).
func (b *messageBody) attach(w *World, m *Message) *apiError {
	next, taken := slices.Clone(m.Attachments), make([]bool, len(b.files))
	if b.Attachments != nil {
		next = nil
		p := &problems{}
		for i, a := range *b.Attachments {
			at, ok := b.named(m, a.ID.String(), taken)
			switch {
			case !ok:
				p.at("attachments").at(strconv.Itoa(i)).at("id").add("ATTACHMENT_NOT_FOUND", "There is no such attachment, and no file of that number.")
				continue
			case a.Filename != nil && at.ID == "" && fileName(*a.Filename) != "":
				at.Filename = fileName(*a.Filename)
			}
			if a.Description != nil {
				at.Description = *a.Description
			}
			if a.Title != nil {
				at.Title = *a.Title
			}
			next = append(next, at)
		}
		if !p.empty() {
			return errForm(p)
		}
	}
	for i, f := range b.files {
		if !taken[i] {
			next = append(next, f.attachment())
		}
	}
	if len(next) > maxFiles {
		return refuse(400, 30015, "Maximum number of attachments in a message reached (10)")
	}
	for i, f := 0, slices.Clone(b.files); i < len(next); i++ {
		if next[i].ID != "" {
			continue
		}
		next[i].ID = w.newID()
		at := slices.IndexFunc(f, func(u upload) bool { return u.key == next[i].key })
		w.files.put(next[i].ID, f[at].data)
	}
	m.Attachments = next
	return nil
}

// named finds what an entry of the list means.
func (b *messageBody) named(m *Message, id string, taken []bool) (Attachment, bool) {
	for _, a := range m.Attachments {
		if a.ID == id {
			return a, true
		}
	}
	for i, f := range b.files {
		if f.key == id && !taken[i] {
			taken[i] = true
			return f.attachment(), true
		}
	}
	return Attachment{}, false
}

func (f upload) attachment() Attachment {
	return Attachment{Filename: f.name, ContentType: f.typ, Size: len(f.data), key: f.key}
}
