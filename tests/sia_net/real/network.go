package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	proto "go.sia.tech/core/rhp/v4"
	"go.sia.tech/core/types"
	"go.sia.tech/indexd/accounts"
	"go.sia.tech/indexd/geoip"
	"go.sia.tech/indexd/persist/postgres"
	"go.uber.org/zap"
)

const connectKey = "sia-net-connect-key"

// Network is the chain, the hosts and indexd, and the app key that tests begin with.
type Network struct {
	chain   *Chain
	hosts   []*Host
	memory  *Memory
	options IndexerOptions
	appKey  types.PrivateKey
	control net.Listener

	appAddress, adminAddress string

	mu      sync.Mutex
	indexer *Indexer // nil while it is stopped
}

func newNetwork(ctx context.Context, o options, log *zap.Logger) (n *Network, err error) {
	n = &Network{memory: &Memory{}, appAddress: "127.0.0.1:0", adminAddress: "127.0.0.1:0"}
	n.memory.limit.Store(o.memoryMiB << 20)
	n.appKey = types.GeneratePrivateKey()
	if n.chain, err = newChain(); err != nil {
		return nil, err
	}
	password := make([]byte, 16)
	rand.Read(password)
	n.options = IndexerOptions{
		chain:     n.chain,
		database:  postgres.ConnectionInfo{Host: o.database, Port: 5432, User: "postgres", Database: "indexd", SSLMode: "disable"},
		walletKey: types.GeneratePrivateKey(),
		places:    make(map[types.PublicKey]geoip.Location),
		pace:      o.pace,
		password:  hex.EncodeToString(password),
		faults:    &RequestFaults{},
		log:       log,
	}
	for index := range o.hosts {
		host, err := newHost(n.chain, o.seed, index, n.memory, proto.Account(n.appKey.PublicKey()), log)
		if err != nil {
			return nil, fmt.Errorf("host %d: %w", index, err)
		}
		n.hosts = append(n.hosts, host)
		n.options.places[host.key.PublicKey()] = placeOf(index)
	}
	if err := n.fillWallets(); err != nil {
		return nil, err
	}
	if err := n.startIndexd(); err != nil {
		return nil, err
	}
	if err := n.chain.follow(n.showIndexd); err != nil {
		return nil, err
	}
	if err := n.join(ctx); err != nil {
		return nil, err
	}
	return n, n.serveControl()
}

// fillWallets mines for everyone, and until that money can be spent.
func (n *Network) fillWallets() error {
	for _, host := range n.hosts {
		if err := n.chain.mine(host.wallet.Address(), 2); err != nil {
			return err
		}
	}
	purse := types.StandardUnlockHash(n.options.walletKey.PublicKey())
	if err := n.chain.mine(purse, uint64(2*len(n.hosts)+10)); err != nil {
		return err
	}
	return n.chain.mine(types.VoidAddress, n.chain.network.MaturityDelay)
}

// join announces the hosts, and waits until indexd has a contract with each and the app key has money there.
func (n *Network) join(ctx context.Context) error {
	for _, host := range n.hosts {
		if err := host.announce(); err != nil {
			return fmt.Errorf("announcing a host: %w", err)
		}
	}
	if err := n.chain.mine(types.VoidAddress, 1); err != nil {
		return err
	}
	if _, err := n.indexer.store.AddAppConnectKey(accounts.AppConnectKeyRequest{Key: connectKey, Description: "tests", Quota: "default"}); err != nil {
		return err
	}
	if err := n.indexer.store.RegisterAppKey(connectKey, n.appKey.PublicKey(), accounts.AppMeta{Name: "tests"}); err != nil {
		return err
	}
	if err := n.await(ctx, "contracts with all hosts", n.contractsAreFormed); err != nil {
		return err
	}
	if err := n.chain.mine(types.VoidAddress, 1); err != nil {
		return err
	}
	if err := n.indexer.contracts.TriggerAccountFunding(); err != nil {
		return err
	}
	return n.await(ctx, "money on all hosts", func(context.Context) (bool, error) { return n.isFunded(n.appKey.PublicKey()), nil })
}

func (n *Network) await(ctx context.Context, what string, done func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if ok, err := done(ctx); err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w\n%s", what, ctx.Err(), n.unusableHosts())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// unusableHosts says why indexd does not use hosts.
func (n *Network) unusableHosts() (text string) {
	known, err := n.indexer.store.Hosts(0, len(n.hosts))
	if err != nil {
		return err.Error()
	}
	for _, host := range known {
		if !host.IsGood() {
			text += fmt.Sprintf("%v: %+v, uptime %v\n", host.PublicKey, host.Usability, host.RecentUptime)
		}
	}
	return text
}

func (n *Network) contractsAreFormed(ctx context.Context) (bool, error) {
	formed, err := n.indexer.contracts.Contracts(ctx, 0, 500)
	if err != nil {
		return false, err
	}
	with := make(map[types.PublicKey]bool)
	for _, contract := range formed {
		with[contract.HostKey] = true
	}
	return len(with) == len(n.hosts), nil
}

// isFunded takes the smallest coin from the account on every host.
func (n *Network) isFunded(key types.PublicKey) bool {
	coin := proto.Usage{Egress: types.NewCurrency64(1)}
	for _, host := range n.hosts {
		if host.EphemeralContractor.DebitAccount(proto.Account(key), coin) != nil {
			return false
		}
	}
	return true
}

// showIndexd shows indexd what was mined; one that is stopped catches up later.
func (n *Network) showIndexd() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.indexer == nil {
		return nil
	}
	return n.indexer.follower.Sync(context.Background())
}

func (n *Network) startIndexd() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.indexer != nil {
		return nil
	}
	appListener, err := net.Listen("tcp4", n.appAddress)
	if err != nil {
		return err
	}
	adminListener, err := net.Listen("tcp4", n.adminAddress)
	if err != nil {
		appListener.Close()
		return err
	}
	n.appAddress, n.adminAddress = appListener.Addr().String(), adminListener.Addr().String()
	n.indexer, err = startIndexer(n.options, appListener, adminListener)
	return err
}

func (n *Network) stopIndexd() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.indexer == nil {
		return nil
	}
	err := n.indexer.close()
	n.indexer = nil
	return err
}

// keepMining returns when the context ends. indexd does nothing when its newest block is older than three hours.
func (n *Network) keepMining(ctx context.Context) {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := n.chain.mine(types.VoidAddress, 1); err != nil {
				n.options.log.Error("no block", zap.Error(err))
			}
		}
	}
}

func (n *Network) close() {
	err := n.stopIndexd()
	for _, host := range n.hosts {
		host.door.shut()
		err = errors.Join(err, host.EphemeralContractor.Close(), host.wallet.Close())
	}
	if err != nil {
		n.options.log.Warn("did not end cleanly", zap.Error(err))
	}
}
