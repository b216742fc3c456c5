// Command floor exchanges for each /play the same requests as a bot does and
// does nothing else: an interaction in, then a deferring callback and loadtracks
// at the same time, a PATCH of the player, a PATCH of the answer. It knows no
// guilds and no voice and keeps nothing. Nothing that speaks to Discord and to a
// node over HTTP is faster, so it is the floor under every figure.
//
// It takes the flags and the environment of barebot.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	url := flag.String("rest", "", "base `address` of Discord's REST API")
	node := flag.String("node", "", "`host:port` of the node")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	f := newFloor(*url, *node, os.Getenv("DISCORD_TOKEN"), os.Getenv("LAVALINK_PASSWORD"))
	err := f.run(ctx)
	over := ctx.Err() != nil
	stop()
	if err != nil && !over {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}
