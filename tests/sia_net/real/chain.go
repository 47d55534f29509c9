package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.sia.tech/core/consensus"
	"go.sia.tech/core/types"
	"go.sia.tech/coreutils"
	"go.sia.tech/coreutils/chain"
	"go.sia.tech/coreutils/syncer"
	"go.sia.tech/coreutils/testutil"
)

// Chain is a block chain in memory that everyone here shares. Blocks exist when somebody orders them.
type Chain struct {
	*chain.Manager
	network *consensus.Network

	mu        sync.Mutex
	followers []func() error
}

func newChain() (*Chain, error) {
	network, genesis := testutil.V2Network()
	store, tip, err := chain.NewDBStore(chain.NewMemDB(), network, genesis, nil)
	if err != nil {
		return nil, err
	}
	c := &Chain{Manager: chain.NewManager(store, tip), network: network}
	return c, c.mine(types.VoidAddress, network.HardforkV2.RequireHeight)
}

// follow calls fn now and after every order of blocks.
func (c *Chain) follow(fn func() error) error {
	c.mu.Lock()
	c.followers = append(c.followers, fn)
	c.mu.Unlock()
	return fn()
}

// mine returns when all followers have seen the blocks.
func (c *Chain) mine(to types.Address, count uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range count {
		block, ok := coreutils.MineBlock(c.Manager, to, 5*time.Second)
		if !ok {
			return errors.New("no block was found in time")
		}
		if err := c.AddBlocks([]types.Block{block}); err != nil {
			return fmt.Errorf("adding a block: %w", err)
		}
	}
	for _, follower := range c.followers {
		if err := follower(); err != nil {
			return err
		}
	}
	return nil
}

// alone stands for the peer-to-peer network, which nobody here needs: all share one chain. It claims a peer because
// indexd takes a node without peers for offline.
type alone struct{}

func (alone) Peers() []*syncer.Peer { return []*syncer.Peer{{}} }

func (alone) BroadcastV2TransactionSet(types.ChainIndex, []types.V2Transaction) error { return nil }

func (alone) Connect(context.Context, string) (*syncer.Peer, error) {
	return nil, errors.New("this network has no peers")
}
