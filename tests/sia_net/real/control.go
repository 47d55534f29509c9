package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"go.sia.tech/core/types"
)

// The control port takes the orders of ../hosts/src/control.rs, and below /indexd those of ../indexd/control.hpp; what
// real parts cannot be told is refused with a sentence. Besides:
//
//	POST /mine  {"blocks": N}  mines; nothing else but an hourly block does

func (n *Network) description() (map[string]any, error) {
	if n.control == nil {
		return nil, errors.New("there is no control port")
	}
	hosts := make([]map[string]any, 0, len(n.hosts))
	for _, host := range n.hosts {
		hosts = append(hosts, map[string]any{"publicKey": host.key.PublicKey().String(), "address": host.address()})
	}
	control := "http://" + n.control.Addr().String()
	return map[string]any{
		"app_url":        "http://" + n.appAddress,
		"admin_url":      "http://" + n.adminAddress,
		"admin_password": n.options.password,
		"connect_key":    connectKey,
		"app_key":        hex.EncodeToString(n.appKey[:32]),
		"account":        n.appKey.PublicKey().String(),
		"hosts_control":  control,
		"indexd_control": control + "/indexd",
		"hosts":          hosts,
		"real":           true,
	}, nil
}

type order func(body json.RawMessage, r *http.Request) (any, error)

func (n *Network) serveControl() (err error) {
	if n.control, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
		return err
	}
	mux := http.NewServeMux()
	for pattern, act := range map[string]order{
		"GET /hosts":                  n.listHosts,
		"GET /memory":                 n.showMemory,
		"GET /hosts/{number}/sectors": n.listSectors,
		"POST /hosts/{number}/stop":   n.onHost((*Host).stopOrder),
		"POST /hosts/{number}/start":  n.onHost((*Host).startOrder),
		"POST /hosts/{number}/cut":    n.onHost((*Host).cutOrder),
		"POST /hosts/{number}/fault":  n.onHost((*Host).faultOrder),
		"POST /hosts/{number}/drop":   n.dropSectors,
		"POST /hosts/{number}/copy":   n.copySector,
		"POST /mine":                  n.mineOrder,
		"GET /indexd/status":          n.indexdStatus,
		"GET /indexd/slabs":           n.indexdSlabs,
		"POST /indexd/stop":           n.stopOrder,
		"POST /indexd/start":          n.startOrder,
		"POST /indexd/fault":          n.faultOrder,
		"POST /indexd/honest":         n.honestOrder,
		"POST /indexd/move":           n.moveOrder,
		"POST /indexd/host":           n.hostOrder,
		"POST /indexd/limit":          n.limitOrder,
	} {
		mux.HandleFunc(pattern, answer(act))
	}
	go http.Serve(n.control, mux)
	return nil
}

func answer(act order) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := json.RawMessage("{}")
		if r.ContentLength > 0 {
			if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body); err != nil {
				refuse(w, err)
				return
			}
		}
		value, err := act(body, r)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(value)
	}
}

func refuse(w http.ResponseWriter, err error) {
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}

func (n *Network) host(r *http.Request) (int, *Host, error) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || number < 0 || number >= len(n.hosts) {
		return 0, nil, fmt.Errorf("there are %d hosts", len(n.hosts))
	}
	return number, n.hosts[number], nil
}

func (h *Host) describe(index int) map[string]any {
	fault, _ := h.faults.current()
	h.door.mu.Lock()
	connections := h.door.accepted
	h.door.mu.Unlock()
	return map[string]any{
		"index": index, "publicKey": h.key.PublicKey().String(), "address": h.address(), "running": h.door.isOpen(),
		"fault": fault, "sectors": len(h.sectors.roots()), "connections": connections, "settings": h.settings.Load(),
		"reads": h.reads.Load(), "readBytes": h.readBytes.Load(), "writes": h.writes.Load(),
		"writeBytes": h.writeBytes.Load(), "errors": h.errors.Load(),
	}
}

func (n *Network) onHost(act func(*Host, json.RawMessage) error) order {
	return func(body json.RawMessage, r *http.Request) (any, error) {
		index, host, err := n.host(r)
		if err != nil {
			return nil, err
		}
		if err := act(host, body); err != nil {
			return nil, err
		}
		return host.describe(index), nil
	}
}

func (h *Host) startOrder(json.RawMessage) error { return h.start() }

func (h *Host) stopOrder(json.RawMessage) error {
	h.door.shut()
	return nil
}

func (h *Host) cutOrder(json.RawMessage) error {
	h.door.cut()
	return nil
}

func (h *Host) faultOrder(body json.RawMessage) error {
	var fault Fault
	if err := json.Unmarshal(body, &fault); err != nil {
		return err
	}
	if err := fault.check(); err != nil {
		return err
	}
	h.faults.set(fault)
	return nil
}

func (n *Network) listHosts(json.RawMessage, *http.Request) (any, error) {
	list := make([]any, 0, len(n.hosts))
	for index, host := range n.hosts {
		list = append(list, host.describe(index))
	}
	return list, nil
}

func (n *Network) showMemory(json.RawMessage, *http.Request) (any, error) {
	return map[string]int64{"used": n.memory.used.Load(), "limit": n.memory.limit.Load()}, nil
}

func (n *Network) listSectors(_ json.RawMessage, r *http.Request) (any, error) {
	_, host, err := n.host(r)
	if err != nil {
		return nil, err
	}
	roots := host.sectors.roots()
	list := make([]string, 0, len(roots))
	for _, root := range roots {
		list = append(list, root.String())
	}
	return list, nil
}

func (n *Network) dropSectors(body json.RawMessage, r *http.Request) (any, error) {
	_, host, err := n.host(r)
	if err != nil {
		return nil, err
	}
	var order struct{ Root *types.Hash256 }
	if err := json.Unmarshal(body, &order); err != nil {
		return nil, err
	}
	return map[string]int{"dropped": host.sectors.forget(order.Root)}, nil
}

func (n *Network) copySector(body json.RawMessage, r *http.Request) (any, error) {
	index, host, err := n.host(r)
	if err != nil {
		return nil, err
	}
	var order struct {
		Root types.Hash256
		From int
	}
	if err := json.Unmarshal(body, &order); err != nil {
		return nil, err
	}
	if order.From < 0 || order.From >= len(n.hosts) {
		return nil, fmt.Errorf("there are %d hosts", len(n.hosts))
	}
	found, ok := n.hosts[order.From].sectors.get(order.Root)
	if !ok {
		return nil, errors.New("that host has no such sector")
	}
	if err := host.sectors.StoreSector(order.Root, found.data, found.subtrees, 0); err != nil {
		return nil, err
	}
	return host.describe(index), nil
}

func (n *Network) mineOrder(body json.RawMessage, _ *http.Request) (any, error) {
	var order struct{ Blocks uint64 }
	if err := json.Unmarshal(body, &order); err != nil {
		return nil, err
	}
	if err := n.chain.mine(types.VoidAddress, max(1, order.Blocks)); err != nil {
		return nil, err
	}
	return map[string]uint64{"height": n.chain.Tip().Height}, nil
}
