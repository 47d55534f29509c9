package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	proto "go.sia.tech/core/rhp/v4"
	"go.sia.tech/core/types"
	"go.sia.tech/indexd/accounts"
)

// RequestFault is what happens to requests whose path begins with Path, in front of the real indexd.
type RequestFault struct {
	Path    string `json:"path"`
	DelayMS int    `json:"delay_ms"` // before anything else
	Status  int    `json:"status"`   // instead of an answer; 0: answers
	Text    string `json:"text"`
	After   bool   `json:"after"` // does what is asked, and then answers Status all the same
	Times   int    `json:"times"` // 0: until it is taken back
}

// RequestFaults stand between the listeners of indexd and its handlers.
type RequestFaults struct {
	mu   sync.Mutex
	list []*RequestFault
}

func (f *RequestFaults) take(path string) (RequestFault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for at, fault := range f.list {
		if !strings.HasPrefix(path, fault.Path) {
			continue
		}
		taken := *fault
		if fault.Times > 1 {
			fault.Times--
		} else if fault.Times == 1 {
			f.list = append(f.list[:at], f.list[at+1:]...)
		}
		return taken, true
	}
	return RequestFault{}, false
}

// unheard is an answer that nobody gets.
type unheard struct{ headers http.Header }

func (u unheard) Header() http.Header         { return u.headers }
func (u unheard) Write(b []byte) (int, error) { return len(b), nil }
func (u unheard) WriteHeader(int)             {}

func (f *RequestFaults) before(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, meets := f.take(r.URL.Path)
		if !meets {
			handler.ServeHTTP(w, r)
			return
		}
		time.Sleep(time.Duration(fault.DelayMS) * time.Millisecond)
		if fault.Status == 0 {
			handler.ServeHTTP(w, r)
			return
		}
		if fault.After {
			handler.ServeHTTP(unheard{make(http.Header)}, r)
		}
		http.Error(w, fault.Text, fault.Status)
	})
}

type nothing struct{}

func (n *Network) stopOrder(json.RawMessage, *http.Request) (any, error) {
	return nothing{}, n.stopIndexd()
}

func (n *Network) startOrder(json.RawMessage, *http.Request) (any, error) {
	return nothing{}, n.startIndexd()
}

func (n *Network) faultOrder(body json.RawMessage, _ *http.Request) (any, error) {
	var fault RequestFault
	if err := json.Unmarshal(body, &fault); err != nil {
		return nil, err
	}
	n.options.faults.mu.Lock()
	defer n.options.faults.mu.Unlock()
	n.options.faults.list = append(n.options.faults.list, &fault)
	return nothing{}, nil
}

func (n *Network) honestOrder(json.RawMessage, *http.Request) (any, error) {
	n.options.faults.mu.Lock()
	defer n.options.faults.mu.Unlock()
	n.options.faults.list = nil
	return nothing{}, nil
}

func (n *Network) moveOrder(json.RawMessage, *http.Request) (any, error) {
	return nil, errors.New("this indexd repairs by itself: take a host away with /indexd/host, and it moves its sectors")
}

// running is indexd, or an error while it is stopped.
func (n *Network) running() (*Indexer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.indexer == nil {
		return nil, errors.New("indexd is stopped")
	}
	return n.indexer, nil
}

// hostOrder takes a host away by blocking it, as an operator would: its contract is bad from then on.
func (n *Network) hostOrder(body json.RawMessage, _ *http.Request) (any, error) {
	var order struct {
		PublicKey types.PublicKey
		Usable    bool
	}
	if err := json.Unmarshal(body, &order); err != nil {
		return nil, err
	}
	indexer, err := n.running()
	if err != nil {
		return nil, err
	}
	if order.Usable {
		return nothing{}, indexer.hosts.UnblockHost(context.Background(), order.PublicKey)
	}
	return nothing{}, indexer.hosts.BlockHosts(context.Background(), []types.PublicKey{order.PublicKey}, []string{"a test"})
}

func (n *Network) limitOrder(body json.RawMessage, _ *http.Request) (any, error) {
	var order struct {
		Account       types.PublicKey
		MaxPinnedData uint64
	}
	if err := json.Unmarshal(body, &order); err != nil {
		return nil, err
	}
	indexer, err := n.running()
	if err != nil {
		return nil, err
	}
	return nothing{}, indexer.accounts.UpdateAccount(context.Background(), order.Account,
		accounts.UpdateAccountRequest{MaxPinnedData: &order.MaxPinnedData})
}

func (n *Network) indexdStatus(json.RawMessage, *http.Request) (any, error) {
	indexer, err := n.running()
	if err != nil {
		return nil, err
	}
	sectors, err := indexer.store.SectorStats()
	if err != nil {
		return nil, err
	}
	everyone, err := indexer.store.Accounts(0, 500)
	if err != nil {
		return nil, err
	}
	var size uint64
	for _, account := range everyone {
		size += account.PinnedSize
	}
	return map[string]any{"slabs": sectors.Slabs, "pinnedSize": size, "accounts": len(everyone), "hosts": len(n.hosts), "sectors": sectors}, nil
}

func (n *Network) indexdSlabs(json.RawMessage, *http.Request) (any, error) {
	indexer, err := n.running()
	if err != nil {
		return nil, err
	}
	everyone, err := indexer.store.Accounts(0, 500)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, account := range everyone {
		ids, err := indexer.store.SlabIDs(proto.Account(account.AccountKey), 0, 10_000)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			slab, err := indexer.store.PinnedSlab(proto.Account(account.AccountKey), id)
			if err != nil {
				return nil, err
			}
			list = append(list, slab)
		}
	}
	return list, nil
}
