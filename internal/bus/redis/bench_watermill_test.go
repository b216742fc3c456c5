package redis_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-redisstream/pkg/redisstream"
	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/testenv"
)

// watermillRound is how many events a round of the slower peer carries.
const watermillRound = eachRound / 10

// watermillTakes carries events over Watermill's stream: as many publishers, a
// consumer group with one consumer.
func watermillTakes(b *testing.B, s *testenv.RedisServer, topic string, publishers int, payload []byte) time.Duration {
	b.Helper()
	pub, err := redisstream.NewPublisher(redisstream.PublisherConfig{Client: client(b, s)}, watermill.NopLogger{})
	if err != nil {
		b.Fatal(err)
	}
	sub, err := redisstream.NewSubscriber(redisstream.SubscriberConfig{
		Client: client(b, s), ConsumerGroup: "g", Consumer: "c", BlockTime: 100 * time.Millisecond, DisableIndefiniteInitialBlock: true,
	}, watermill.NopLogger{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sub.Close() }()
	in, err := sub.Subscribe(b.Context(), topic)
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	var wg sync.WaitGroup
	for range publishers {
		wg.Go(func() {
			for range watermillRound / publishers {
				if err := pub.Publish(topic, message.NewMessage(watermill.NewUUID(), payload)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for range watermillRound / publishers * publishers {
		(<-in).Ack()
	}
	wg.Wait()
	return time.Since(began) * eachRound / time.Duration(watermillRound/publishers*publishers)
}

// BenchmarkAgainstWatermill reports events a second of 64 publishers, codec
// included, and how many times as many as over Watermill's stream.
func BenchmarkAgainstWatermill(b *testing.B) {
	const publishers = 64
	s := testenv.NewRedis(b, durable()...)
	payload := make([]byte, eventSize)
	r := open(b, redis.Options{URL: s.URL()})
	var theirs, own []float64
	for n := 0; b.Loop(); n++ {
		theirs = append(theirs, float64(watermillTakes(b, s, fmt.Sprint("w", n), publishers, payload)))
		own = append(own, float64(ours(b, r, fmt.Sprint("s", n), publishers, 1, payload)))
	}
	b.ReportMetric(eachRound/middle(own)*float64(time.Second), "events/s")
	b.ReportMetric(middle(theirs)/middle(own), "ratio")
}
