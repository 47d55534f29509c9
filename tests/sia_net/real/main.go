// A local Sia network made of the Foundation's own parts in one process: see ../README.md.
//
// It prints one line of JSON when everything is ready, and runs until SIGTERM or the end of its standard input.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.uber.org/zap"
)

type options struct {
	hosts     int
	memoryMiB int64
	seed      string
	database  string
	pace      time.Duration
	debug     bool
}

func readOptions() (o options) {
	flag.IntVar(&o.hosts, "hosts", 15, "")
	flag.Int64Var(&o.memoryMiB, "memory-mib", 2048, "for the sectors of all hosts together")
	flag.StringVar(&o.seed, "seed", "default", "of the keys of the hosts")
	flag.StringVar(&o.database, "database", "", "directory of the socket of a PostgreSQL 18")
	flag.DurationVar(&o.pace, "pace", time.Second, "how often indexd looks after hosts, contracts and slabs")
	flag.BoolVar(&o.debug, "debug", false, "log everything")
	flag.Parse()
	return o
}

func newLog(debug bool) (*zap.Logger, error) {
	config := zap.NewProductionConfig()
	config.Level.SetLevel(zap.WarnLevel)
	if debug {
		config.Level.SetLevel(zap.DebugLevel)
	}
	return config.Build()
}

// endOfInput is how a network ends when whoever started it has died.
func endOfInput(cancel func()) {
	io.Copy(io.Discard, os.Stdin)
	cancel()
}

func run() error {
	options := readOptions()
	log, err := newLog(options.debug)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	go endOfInput(cancel)
	network, err := newNetwork(ctx, options, log)
	if err != nil {
		return err
	}
	defer network.close()
	description, err := network.description()
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(description); err != nil {
		return err
	}
	network.keepMining(ctx)
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "sia_net_real:", err)
		os.Exit(1)
	}
}
