package main

import (
	"net"
	"sync"
	"time"
)

// Door is the listening socket of a host: it can be shut and opened again on the same port, and what passes through
// it can be slowed down, frozen or cut.
type Door struct {
	faults *Faults

	mu       sync.Mutex
	listener net.Listener
	address  string
	passing  map[*passage]struct{}
	accepted int
	budget   int // bytes until the next reset; negative: none is due
}

func newDoor(faults *Faults) *Door {
	return &Door{faults: faults, passing: make(map[*passage]struct{}), budget: -1}
}

// open listens; the first time on any port.
func (d *Door) open() (net.Listener, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	address := d.address
	if address == "" {
		address = ":0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	d.listener, d.address = listener, listener.Addr().String()
	return doorway{listener, d}, nil
}

func (d *Door) shut() {
	d.mu.Lock()
	listener := d.listener
	d.listener = nil
	d.mu.Unlock()
	if listener != nil {
		listener.Close()
	}
	d.cut()
}

func (d *Door) isOpen() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.listener != nil
}

// cut resets every connection.
func (d *Door) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for p := range d.passing {
		p.reset()
	}
}

func (d *Door) resetAfter(bytes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.budget = bytes
}

// spend says how many of n bytes may pass before a reset that is due.
func (d *Door) spend(n int) (int, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.budget < 0 {
		return n, false
	}
	if n < d.budget {
		d.budget -= n
		return n, false
	}
	n, d.budget = d.budget, -1
	return n, true
}

type doorway struct {
	net.Listener
	door *Door
}

func (w doorway) Accept() (net.Conn, error) {
	for {
		conn, err := w.Listener.Accept()
		if err != nil {
			return nil, err
		}
		p := &passage{conn.(*net.TCPConn), w.door}
		if fault, _ := w.door.faults.current(); fault.Kind == "refuse" {
			p.reset()
			continue
		}
		w.door.mu.Lock()
		w.door.passing[p] = struct{}{}
		w.door.accepted++
		w.door.mu.Unlock()
		return p, nil
	}
}

// passage is one connection through the door.
type passage struct {
	*net.TCPConn
	door *Door
}

func (p *passage) reset() {
	p.SetLinger(0)
	p.TCPConn.Close()
}

func (p *passage) Close() error {
	p.door.mu.Lock()
	delete(p.door.passing, p)
	p.door.mu.Unlock()
	return p.TCPConn.Close()
}

func (p *passage) Read(b []byte) (int, error) {
	n, err := p.TCPConn.Read(b)
	p.thaw()
	return n, err
}

func (p *passage) Write(b []byte) (int, error) {
	p.thaw()
	if fault, _ := p.door.faults.current(); fault.Kind == "slow" && fault.BytesPerSecond > 0 {
		time.Sleep(time.Duration(len(b)) * time.Second / time.Duration(fault.BytesPerSecond))
	}
	allowed, ends := p.door.spend(len(b))
	n, err := p.TCPConn.Write(b[:allowed])
	if ends {
		p.reset()
	}
	if err == nil && n < len(b) {
		err = net.ErrClosed
	}
	return n, err
}

// thaw waits while the host is frozen.
func (p *passage) thaw() {
	for {
		fault, changed := p.door.faults.current()
		if fault.Kind != "freeze" {
			return
		}
		<-changed
	}
}
