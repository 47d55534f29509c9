package main

import (
	"fmt"
	"sync"
)

// Fault is what a host is told to do wrong; the same words as ../hosts/src/fault.rs. A real host computes roots and
// price signatures itself, so "wrong_root" is the one lie that these hosts cannot be told to tell.
type Fault struct {
	Kind           string `json:"kind"`
	RPC            string `json:"rpc"` // "read" (and verify), "write", "settings"; "token": what the app key pays for; empty: all
	Text           string `json:"text"`
	DelayMS        int    `json:"delay_ms"`
	BytesPerSecond int    `json:"bytes_per_second"`
	AfterBytes     int    `json:"after_bytes"`
	Times          int    `json:"times"` // then the host is honest again; 0: never
}

func (f *Fault) check() error {
	switch f.Kind {
	case "", "none":
		f.Kind = "none"
	case "stall", "freeze", "slow", "reset", "refuse", "wrong_bytes", "wrong_proof", "short_data":
	case "error":
		if f.RPC == "settings" {
			return fmt.Errorf("a real host does not answer %q with an error", f.RPC)
		}
	default:
		return fmt.Errorf("a real host cannot be told to do %q", f.Kind)
	}
	return nil
}

// concerns leaves indexd's own checks alone where it is about tokens: a host that refuses those is one that has lost sectors.
func (f *Fault) concerns(rpc string, byApp bool) bool {
	return f.RPC == "" || f.RPC == rpc || (f.RPC == "token" && byApp)
}

// Faults is the one fault of a host, and the calls that wait for it to end.
type Faults struct {
	mu      sync.Mutex
	now     Fault
	changed chan struct{}
}

func newFaults() *Faults {
	return &Faults{now: Fault{Kind: "none"}, changed: make(chan struct{})}
}

func (f *Faults) set(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = fault
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *Faults) current() (Fault, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now, f.changed
}

// take returns what one call suffers, and counts it.
func (f *Faults) take(rpc string, byApp bool) (Fault, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now.Kind == "none" || !f.now.concerns(rpc, byApp) {
		return Fault{Kind: "none"}, nil
	}
	fault := f.now
	switch f.now.Times {
	case 0:
	case 1:
		f.now = Fault{Kind: "none"}
	default:
		f.now.Times--
	}
	return fault, f.changed
}
