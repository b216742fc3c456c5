package discord_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/discord"
)

// endless gives the same frames again and again after its first ones.
type endless struct {
	kind   int
	frames [][]byte
	at     int
	bytes  int64
}

func (e *endless) ReadMessage() (int, []byte, error) {
	f := e.frames[e.at%len(e.frames)]
	e.at++
	e.bytes += int64(len(f))
	return e.kind, f, nil
}

// BenchmarkReceive measures what compression costs in time and saves in bytes
// a message, for voice states as they come and for whole guilds.
func BenchmarkReceive(b *testing.B) {
	member := func(i int) string {
		return fmt.Sprintf(`{"user":{"id":"%d","username":"member%d","avatar":"a_%032x","discriminator":"0","public_flags":0},
			"roles":["%d","%d"],"joined_at":"2024-03-0%dT10:11:12.345000+00:00","deaf":false,"mute":false,"flags":0}`,
			80351110224678912+i*7919, i, i*2654435761, 41771983423143937+i%9, 41771983423143937+i%5, i%9+1)
	}
	voice := func(i int) string {
		return fmt.Sprintf(`{"op":0,"s":%d,"t":"VOICE_STATE_UPDATE","d":{"guild_id":"4194304000000","channel_id":"%d",
			"user_id":"%d","session_id":"%032x","deaf":false,"mute":false,"self_deaf":false,"self_mute":%t,"self_video":false,
			"suppress":false,"request_to_speak_timestamp":null,"member":%s}}`,
			i+1, 157733188964188161+i%20, 80351110224678912+i*7919, i*40503, i%3 == 0, member(i))
	}
	guild := func(i int) string {
		parts := make([]string, 200)
		for j := range parts {
			parts[j] = member(i*200 + j)
		}
		return fmt.Sprintf(`{"op":0,"s":%d,"t":"GUILD_CREATE","d":{"id":"%d","members":[%s]}}`, i+1, 4194304000000+i, strings.Join(parts, ","))
	}
	for name, gen := range map[string]func(int) string{"voice": voice, "guild": guild} {
		for _, kind := range []discord.Compression{discord.CompressionOff, discord.CompressionZlib, discord.CompressionZstd} {
			b.Run(name+"/"+string(kind), func(b *testing.B) {
				// A stream cannot be wound back: it is made as long as is read.
				src := &endless{kind: websocket.TextMessage}
				if kind != discord.CompressionOff {
					src.kind = websocket.BinaryMessage
				}
				p := newPacker(b, kind, 1<<17)
				for i := range b.N {
					if kind == discord.CompressionOff {
						src.frames = append(src.frames, []byte(gen(i)))
					} else {
						src.frames = append(src.frames, p.pack(gen(i)))
					}
				}
				in := discord.NewReceiver(src, kind)
				defer in.Close()
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					if _, _, err := in.Next(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(src.bytes)/float64(b.N), "wire-B/op")
			})
		}
	}
}
